public import KubernetesAPI

/// One node of a structural OpenAPI v3 schema: what the API server accepts, fills in and explains.
///
/// Schemas are written once, as values, and become the `openAPIV3Schema` of a custom resource definition. Every node
/// has a description, so that `kubectl explain` teaches; every number, list, map and string has bounds, so that no
/// object outgrows etcd and validation rules keep a bounded cost. Pod templates alone have their types and no bounds
/// that rules do not need (``typed(as:explainedAt:)``).
///
/// - SeeAlso: "Specifying a structural schema" in the Kubernetes documentation of custom resource definitions.
public struct Schema: Hashable, Sendable {
    /// The node as it stands in the document.
    public internal(set) var json: JSONValue
    /// Whether the object that holds this node lists it under `required`.
    public private(set) var isRequired = false

    init(_ description: String, _ members: [String: JSONValue?]) {
        json = JSONValue(compacting: members.merging(["description": .string(description)]) { _, last in last })
    }

    /// The same node, which must be present.
    public var required: Schema {
        var copy = self
        copy.isRequired = true
        return copy
    }

    /// The same node with a value that the API server fills in when it is absent.
    public func `default`(_ value: JSONValue) -> Schema {
        var copy = self
        copy.json["default"] = value
        return copy
    }

    /// The same node with a rule that the API server evaluates, from Kubernetes 1.25 on.
    ///
    /// - Parameters:
    ///   - expression: CEL over `self`, the value of this node, and `oldSelf`, the stored one; one with `oldSelf` is
    ///     evaluated for updates only. Values below nodes that are open (``opaque(_:)``, ``anyValue(_:)``) do not exist
    ///     for it, and names of fields must not be words of the language.
    ///   - message: What is wrong and what would be right, on one line.
    ///   - field: Where below this node, such as `.min`, when it is not the node itself.
    /// - Returns: The node.
    public func rule(_ expression: String, _ message: String, at field: String? = nil) -> Schema {
        var copy = self
        let rule = JSONValue(compacting: [
            "rule": .string(expression), "message": .string(message), "fieldPath": field.map { JSONValue($0) },
        ])
        copy.json["x-kubernetes-validations"] = .array((json["x-kubernetes-validations"]?.arrayValue ?? []) + [rule])
        return copy
    }

    /// The same node for another purpose.
    public func described(as description: String) -> Schema {
        var copy = self
        copy.json["description"] = .string(description)
        return copy
    }
}

// MARK: - Scalars

extension Schema {
    /// Text of at most `maxLength` characters; 253 is the longest name in Kubernetes.
    public static func string(
        _ description: String, minLength: Int? = nil, maxLength: Int = 253, pattern: String? = nil
    ) -> Schema {
        Schema(
            description,
            [
                "type": "string", "minLength": minLength.map { JSONValue($0) }, "maxLength": JSONValue(maxLength),
                "pattern": pattern.map { JSONValue($0) },
            ])
    }

    /// One of a few words.
    public static func enumeration(_ description: String, _ values: [String]) -> Schema {
        Schema(description, ["type": "string", "enum": .array(values.map { .string($0) })])
    }

    /// One of the words of a Swift enumeration.
    public static func enumeration<Value: CaseIterable & RawRepresentable>(
        _ description: String, _ type: Value.Type
    ) -> Schema where Value.RawValue == String {
        enumeration(description, Value.allCases.map(\.rawValue))
    }

    public static func boolean(_ description: String) -> Schema { Schema(description, ["type": "boolean"]) }

    /// A whole number within bounds, which validation has from the same place.
    public static func integer(_ description: String, _ numbers: WholeNumbers) -> Schema {
        Schema(description, numbers.keywords)
    }

    /// A number with fractions.
    public static func number(_ description: String, min: Double? = nil, max: Double? = nil) -> Schema {
        Schema(
            description,
            [
                "type": "number", "format": "double", "minimum": min.map(JSONValue.number),
                "maximum": max.map(JSONValue.number),
            ])
    }

    /// A moment in RFC 3339.
    public static func time(_ description: String) -> Schema {
        Schema(description, ["type": "string", "format": "date-time"])
    }

    /// A number or a text, such as a port or a percentage.
    public static func intOrString(_ description: String, pattern: String? = nil) -> Schema {
        Schema(
            description,
            [
                "x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]],
                "pattern": pattern.map { JSONValue($0) },
            ])
    }

    /// An amount with a unit, such as `500m` or `2Gi`.
    public static func quantity(_ description: String) -> Schema {
        intOrString(
            description,
            pattern: #"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?[0-9]{1,3}))?$"#)
    }
}

// MARK: - Composites

extension Schema {
    /// An object with these fields and no others: the API server drops what it does not know.
    public static func object(_ description: String, _ properties: KeyValuePairs<String, Schema>) -> Schema {
        object(description, fields: properties.map { ($0.key, $0.value) })
    }

    /// An object whose fields were put together by code.
    public static func object(_ description: String, fields: [(String, Schema)]) -> Schema {
        let required = fields.filter(\.1.isRequired).map { JSONValue.string($0.0) }
        return Schema(
            description,
            [
                "type": "object",
                "properties": .object(Dictionary(fields.map { ($0.0, $0.1.json) }) { _, last in last }),
                "required": required.isEmpty ? nil : .array(required),
            ])
    }

    /// Values by free names.
    public static func map(_ description: String, of value: Schema, maxProperties: Int) -> Schema {
        Schema(
            description,
            ["type": "object", "additionalProperties": value.json, "maxProperties": JSONValue(maxProperties)])
    }

    /// How server-side apply merges a list.
    public enum ListType: Hashable, Sendable {
        /// Replaced as a whole.
        case atomic
        /// Scalars without repetition.
        case set
        /// Objects told apart by these fields.
        case map([String])
    }

    /// A list of at most `maxItems` elements.
    public static func array(
        _ description: String, of element: Schema, minItems: Int? = nil, maxItems: Int, listType: ListType = .atomic
    ) -> Schema {
        var schema = Schema(
            description,
            [
                "type": "array", "items": element.json, "minItems": minItems.map { JSONValue($0) },
                "maxItems": JSONValue(maxItems),
            ])
        switch listType {
        case .atomic: schema.json["x-kubernetes-list-type"] = "atomic"
        case .set: schema.json["x-kubernetes-list-type"] = "set"
        case .map(let keys):
            schema.json["x-kubernetes-list-type"] = "map"
            schema.json["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
        }
        return schema
    }

    /// An object whose fields are somebody else's, kept as they are: a pod template, settings of a program.
    public static func opaque(_ description: String) -> Schema {
        Schema(description, ["type": "object", "x-kubernetes-preserve-unknown-fields": true])
    }

    /// The same, with those of its fields that rules look at; all others are kept as well.
    public static func opaque(_ description: String, _ known: KeyValuePairs<String, Schema>) -> Schema {
        var schema = object(description, known)
        schema.json["x-kubernetes-preserve-unknown-fields"] = true
        return schema
    }

    /// Any JSON value, kept as it is.
    public static func anyValue(_ description: String) -> Schema {
        Schema(description, ["x-kubernetes-preserve-unknown-fields": true])
    }
}
