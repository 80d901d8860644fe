import KubernetesAPI

/// What an API server says of an object: whether it takes it, and line by line what is wrong with it.
struct Answer: Sendable {
    var status: Int
    /// As `kubectl` prints them after an asterisk: `field: words`; sorted, since current servers give them in any order.
    var lines: [String]
    /// What kubectl prints as `Warning: …`.
    var warnings: [String]

    var isAccepted: Bool { (200..<300).contains(status) }

    init(status: Int, body: JSONValue, warnings: [String]) {
        self.status = status
        let causes = body["details"]?["causes"]?.arrayValue ?? []
        let said = causes.map { "\($0["field"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")" }
        let isRefused = !(200..<300).contains(status)
        lines = isRefused ? (said.isEmpty ? [body["message"]?.stringValue ?? ""] : said.sorted()) : []
        // RFC 9111: a code, an agent, and the text as a quoted string.
        self.warnings = warnings.map { warning in
            let text = String(warning.drop { $0 != "\"" }.dropFirst().dropLast())
            return text.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
        }
    }
}

/// One line of an answer as far as it is ours: the field, and the message of one of our rules.
///
/// The words in between, and those about types, are Kubernetes' own and may be others in its next release.
struct AnswerLine: Hashable, Comparable, CustomStringConvertible, Sendable {
    var field: String
    /// Empty where no rule of ours speaks.
    var message: String

    init(_ line: String, rules: [String]) {
        let end = line.firstRange(of: ": ")?.lowerBound ?? line.endIndex
        field = String(line[..<end])
        message = rules.filter { line.hasSuffix(": \($0)") }.max { $0.count < $1.count } ?? ""
    }

    static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    var description: String { "\(field): …\(message)" }

    /// The messages of all rules of our definitions.
    static func messages(in value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(messages)
        case .object(let members):
            (members["x-kubernetes-validations"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
                + members.values.flatMap(messages)
        default: []
        }
    }
}
