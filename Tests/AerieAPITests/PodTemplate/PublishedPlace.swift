import KubernetesAPI

/// One place of a pod template as Kubernetes publishes it: where it is, and what may stand there.
struct PublishedPlace: Sendable {
    enum Step: Hashable, Sendable {
        case member(String)
        case element
        /// A value of a map, under whatever name.
        case value
    }

    /// As in the listing: `spec.containers[].resources.limits{}`.
    var path: String
    var form: String
    var steps: [Step]

    static let all = PublishedPlaces.text.split(separator: "\n").map(PublishedPlace.init)

    private init(_ line: Substring) {
        let words = line.split(separator: " ").map(String.init)
        path = words.first ?? ""
        form = words.last ?? ""
        steps = path.split(separator: ".").flatMap { part in
            var name = part
            var suffix: [Step] = []
            while name.hasSuffix("[]") || name.hasSuffix("{}") {
                suffix.insert(name.hasSuffix("[]") ? .element : .value, at: 0)
                name = name.dropLast(2)
            }
            return [.member(String(name))] + suffix
        }
    }

    /// Whether a field is here, and no element of a list or map.
    var isField: Bool { path.last != "]" && path.last != "}" }

    /// How ``StructuralValidator`` writes the place: the name in a map is `any`.
    var found: String { path.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: ".any") }

    /// A template with nothing but the way to a value at this place.
    func template(with value: JSONValue) -> JSONValue {
        steps.reversed().reduce(value) { inner, step in
            switch step {
            case .member(let name): [name: inner]
            case .element: [inner]
            case .value: ["any": inner]
            }
        }
    }

    /// A value that a pod can have here.
    var good: [JSONValue] {
        switch form {
        case "string": ["a"]
        case "boolean": [true]
        case "int32", "int64": [1]
        case "quantity", "intOrString": [1, "1"]
        case "time": ["2026-01-02T03:04:05Z"]
        case "array": [[]]
        default: [[:]]
        }
    }

    /// Values that no client can read into the field.
    var wrong: [JSONValue] {
        switch form {
        case "string", "time": [7, true, [:], []]
        case "boolean": ["yes", 1, [:], []]
        case "int32": ["1", 1.5, true, [:], [], 2_147_483_648, -2_147_483_649]
        case "int64": ["1", 1.5, true, [:], [], 1e300]
        case "quantity": [true, [:], []]
        case "intOrString": [true, 1.5, [:], [], 2_147_483_648]
        case "array": ["x", 7, true, [:]]
        default: ["x", 7, true, []]
        }
    }
}
