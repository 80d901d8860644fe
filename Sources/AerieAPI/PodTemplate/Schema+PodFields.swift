import KubernetesAPI

/// Pod templates in our definitions have the types that Kubernetes publishes, at every depth.
///
/// A client that reads our objects into its own types, as Kueue does, cannot read a whole list when one field of one
/// object has another type. So nothing is stored that a pod could not hold; what a pod's values *mean* is left to the
/// API server that makes the pod, and bounds that a newer cluster may widen are not repeated here.
extension Schema {
    /// The node with the type of the field, and with every field below it that is not described yet.
    ///
    /// - Parameters:
    ///   - type: What Kubernetes has there.
    ///   - place: Where that is, in words of `kubectl explain`.
    /// - Returns: The node; open beside the fields that are known.
    func typed(as type: PodFieldType, explainedAt place: String = "pod") -> Schema {
        var schema = self
        schema.json = Self.complete(json, type, place)
        return schema
    }

    private static func complete(_ described: JSONValue, _ type: PodFieldType, _ place: String) -> JSONValue {
        var node = described
        for (key, value) in keywords(of: type) { node[key] = value }
        switch type {
        case .object:
            var members = node["properties"]?.objectValue ?? [:]
            for (name, type) in PodTypes.fields(of: type) ?? [:] {
                let place = "\(place).\(name)"
                // Null is nothing, as it is in a pod.
                members[name] = complete(members[name] ?? explained(at: place, ["nullable": true]), type, place)
            }
            node["properties"] = .object(members)
        case .list(let element):
            node["items"] = complete(node["items"] ?? explained(at: place), element, place)
        case .map(let value):
            node["additionalProperties"] = complete(node["additionalProperties"] ?? explained(at: place), value, place)
        default: break
        }
        return node
    }

    private static func explained(at place: String, _ members: [String: JSONValue?] = [:]) -> JSONValue {
        Schema("See `kubectl explain \(place)`.", members).json
    }

    /// What says the type in a schema; bounds where a number that is too large could not be read.
    private static func keywords(of type: PodFieldType) -> [String: JSONValue] {
        switch type {
        case .string: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .int32: WholeNumbers.int32.keywords
        // A number that does not fit 64 bits has a fraction for the API server, and is refused for that.
        case .int64: ["type": "integer", "format": "int64"]
        case .quantity: Schema.quantity("").keywords
        case .intOrString:
            Schema.intOrString("").keywords.merging(WholeNumbers.int32.bounds) { _, last in last }
        case .time: ["type": "string", "format": "date-time", "pattern": .string(RFC3339.pattern)]
        case .any, .object: ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        case .list: ["type": "array"]
        case .map: ["type": "object"]
        }
    }

    /// What the node says besides its description.
    private var keywords: [String: JSONValue] {
        Dictionary((json.objectValue ?? [:]).filter { $0.key != "description" })
    }
}

/// The API server takes moments without a zone for the format `date-time`, which no pod can hold.
private enum RFC3339 {
    static let pattern = #"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"#
}
