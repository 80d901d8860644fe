import KubernetesAPI

/// Fields of a pod template whose values no pod can have, for the kinds whose definitions leave templates open.
struct WronglyTypedPodFields {
    /// In the order of the document; no more than ``limit``.
    private(set) var findings: [FieldError] = []

    /// How many are told: who has more has another document in hand.
    static let limit = 64

    /// - Parameter path: Of the template.
    init(in template: JSONValue, at path: String) { check(template, .template, path) }

    private mutating func check(_ value: JSONValue, _ type: PodFieldType, _ path: String) {
        guard findings.count < Self.limit else { return }
        switch (type, value) {
        // Null is nothing, as it is in a pod.
        case (_, .null): break
        case (.object, .object(let members)):
            let known = PodTypes.fields(of: type) ?? [:]
            for (name, member) in members {
                if let type = known[name] { check(member, type, "\(path).\(name)") }
            }
        case (.map(let type), .object(let members)):
            for (name, member) in members { check(member, type, "\(path).\(name)") }
        case (.list(let type), .array(let elements)):
            for (index, element) in elements.enumerated() { check(element, type, "\(path)[\(index)]") }
        default:
            guard !Self.isGood(value, for: type) else { return }
            findings.append(FieldError(path, "must be \(type.inWords), got \(value.inWords)"))
        }
    }

    private static func isGood(_ value: JSONValue, for type: PodFieldType) -> Bool {
        switch (type, value) {
        case (.string, .string), (.boolean, .bool), (.int64, .integer), (.any, .object): true
        case (.time, .string(let text)): Time(text) != nil
        case (.int32, .integer(let number)), (.intOrString, .integer(let number)): Int32(exactly: number) != nil
        case (.intOrString, .string), (.quantity, .string), (.quantity, .integer), (.quantity, .number): true
        default: false
        }
    }
}

extension PodFieldType {
    fileprivate var inWords: String {
        switch self {
        case .string: "a text, in quotes if it looks like a number or a word of YAML"
        case .boolean: "true or false"
        case .int32: "a whole number of 32 bits"
        case .int64: "a whole number"
        case .quantity: "an amount, such as 2 or 500m"
        case .intOrString: "a whole number of 32 bits or a text"
        case .time: "a moment, such as 2026-01-02T03:04:05Z"
        case .list: "a list"
        case .any, .map, .object: "an object"
        }
    }
}

extension JSONValue {
    fileprivate var inWords: String {
        switch self {
        case .null: "null"
        case .bool, .integer, .number: "\(self)"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
