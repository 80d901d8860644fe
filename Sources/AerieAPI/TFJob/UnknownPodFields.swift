import KubernetesAPI

/// Fields of a pod template that Kubernetes does not have where they are written, such as `resouces`.
///
/// Pod templates are open, because newer clusters have newer fields, so that the API server drops what it does not know
/// without a word. People learn of it here.
struct UnknownPodFields {
    /// An object's own fields first, then those below it, both by name; no more than ``limit``.
    private(set) var findings: [FieldError] = []

    /// How many are told: who has more has another document in hand.
    static let limit = 64

    /// - Parameter path: Of the template.
    init(in template: JSONValue, at path: String) {
        check(template, .template, path, besides: ["apiVersion", "kind"])
    }

    /// - Parameter besides: Names that are no fields of the type and are told elsewhere, or not at all.
    private mutating func check(
        _ value: JSONValue, _ type: PodFieldType, _ path: String, besides: Set<String> = []
    ) {
        switch type {
        case .list(let element):
            for (index, value) in (value.arrayValue ?? []).enumerated() where findings.count < Self.limit {
                check(value, element, "\(path)[\(index)]", besides: besides)
            }
        case .object:
            guard let known = PodTypes.fields(of: type), let members = value.objectValue else { return }
            for name in members.keys where known[name] == nil && !besides.contains(name) {
                guard findings.count < Self.limit else { return }
                findings.append(FieldError("\(path).\(name)", Self.message(name, known.keys)))
            }
            for (name, member) in members {
                guard let type = known[name] else { continue }
                // What the pod's containers have of the pod is put right, and told with that.
                let putRight = type == .list(.object("Container")) && name == "containers"
                check(member, type, "\(path).\(name)", besides: putRight ? Set(MisplacedPodFields.names) : [])
            }
        default: break
        }
    }

    private static func message(_ name: String, _ known: some Collection<String>) -> String {
        let limit = name.count < 5 ? 1 : 2
        // A name much longer than any field's is no slip of a finger, and would take long to compare.
        let candidates = name.utf8.count <= longestComparedName ? Array(known) : []
        let meant = candidates.map { ($0.editDistance(to: name), $0) }.filter { $0.0 <= limit }.min { $0 < $1 }
        return "is unknown to Kubernetes \(PodTemplateTable.release); API servers that do not know it drop it"
            + (meant.map { ", did you mean \($0.1)?" } ?? "")
    }

    private static let longestComparedName = 64
}

extension String {
    /// How many characters must be put in, taken out or replaced, letters in either case being the same.
    fileprivate func editDistance(to other: String) -> Int {
        let (left, right) = (Array(lowercased()), Array(other.lowercased()))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, candidate) in right.enumerated() {
                let changed = diagonal + (character == candidate ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = Swift.min(changed, row[place] + 1, row[place + 1] + 1)
            }
        }
        return row[right.count]
    }
}
