public import KubernetesAPI

extension Schema {
    /// The document as the API server would store it: defaults filled in, fields that the schema does not know dropped.
    ///
    /// For manifests that do not go through a server, and for the tests that hold Swift's defaults against the schema's.
    public func defaulted(_ document: JSONValue) -> JSONValue { Self.defaulted(document, json) }

    private static func defaulted(_ value: JSONValue, _ schema: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            guard schema["x-kubernetes-preserve-unknown-fields"] != true else { return value }
            if let element = schema["additionalProperties"] {
                return .object(members.mapValues { defaulted($0, element) })
            }
            var known: [String: JSONValue] = [:]
            for (name, property) in schema["properties"]?.objectValue ?? [:] {
                if let member = members[name] ?? property["default"] { known[name] = defaulted(member, property) }
            }
            return .object(known)
        case .array(let elements):
            guard let element = schema["items"] else { return value }
            return .array(elements.map { defaulted($0, element) })
        default:
            return value
        }
    }
}
