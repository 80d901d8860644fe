public import KubernetesAPI

/// A kind that we add to the API server: names, schema, and what `kubectl get` shows.
public struct CustomResourceDefinition: Hashable, Sendable {
    /// A column of `kubectl get`.
    public struct Column: Hashable, Sendable {
        public enum ColumnType: String, Hashable, Sendable {
            case string, integer, number, boolean, date
        }

        public var name: String
        public var type: ColumnType
        /// Where the value is: a simple JSONPath such as `.status.best.value`.
        public var path: String
        public var description: String
        /// Whether only `-o wide` shows it.
        public var isWide: Bool

        public init(
            _ name: String, _ path: String, type: ColumnType = .string, isWide: Bool = false, description: String
        ) {
            self.name = name
            self.type = type
            self.path = path
            self.description = description
            self.isWide = isWide
        }

        /// When the object was created: the last column of every table.
        public static let age = Column(
            "Age", ".metadata.creationTimestamp", type: .date, description: "How long ago the object was created.")
    }

    /// A rule about whole objects, of which CEL sees the spec, the status, and the name among the metadata.
    public struct Rule: Hashable, Sendable {
        public var expression: String
        public var message: String
        /// Where, such as `.spec.parameters`; `nil` for the object itself.
        public var field: String?

        public init(_ expression: String, _ message: String, at field: String? = nil) {
            self.expression = expression
            self.message = message
            self.field = field
        }
    }

    public var resource: Resource
    public var shortNames: [String]
    public var categories: [String]
    /// What the kind is for; the first thing that `kubectl explain` says.
    public var description: String
    public var spec: Schema
    /// `nil` for kinds that no controller reports on.
    public var status: Schema?
    public var columns: [Column]
    public var rules: [Rule]

    public init(
        _ resource: Resource, shortNames: [String] = [], categories: [String] = ["aerie"], description: String,
        spec: Schema, status: Schema? = nil, columns: [Column], rules: [Rule] = []
    ) {
        self.resource = resource
        self.shortNames = shortNames
        self.categories = categories
        self.description = description
        self.spec = spec
        self.status = status
        self.columns = columns
        self.rules = rules
    }

    /// The definition's name and, with `.yaml`, its file's: `<plural>.<group>`.
    public var name: String { "\(resource.plural).\(resource.group)" }

    /// The schema of whole objects.
    public var schema: Schema {
        var fields: [(String, Schema)] = [
            ("apiVersion", .anyString("Version of this object's schema; `\(resource.apiVersion)`.")),
            ("kind", .anyString("`\(resource.kind)`.")),
            ("metadata", .metadata),
            ("spec", spec.required),
        ]
        if let status { fields.append(("status", status)) }
        return rules.reduce(Schema.object(description, fields: fields)) {
            $0.rule($1.expression, $1.message, at: $1.field)
        }
    }

    /// The document to apply.
    public var json: JSONValue {
        let version = JSONValue(compacting: [
            "name": .string(resource.version), "served": true, "storage": true,
            "schema": ["openAPIV3Schema": schema.json],
            "subresources": status == nil ? nil : ["status": [:]],
            "additionalPrinterColumns": .array(columns.map(\.json)),
        ])
        return [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            // By the label a controller knows whether the definition that is installed is this one.
            "metadata": ["name": .string(name), "labels": JSONValue([Label.partOf: Label.product])],
            "spec": [
                "group": .string(resource.group),
                "scope": resource.isNamespaced ? "Namespaced" : "Cluster",
                "names": JSONValue(compacting: [
                    "kind": .string(resource.kind), "listKind": .string(resource.kind + "List"),
                    "plural": .string(resource.plural), "singular": .string(resource.kind.lowercased()),
                    "shortNames": shortNames.isEmpty ? nil : .array(shortNames.map { .string($0) }),
                    "categories": categories.isEmpty ? nil : .array(categories.map { .string($0) }),
                ]),
                "versions": [version],
            ],
        ]
    }
}

extension CustomResourceDefinition.Column {
    fileprivate var json: JSONValue {
        JSONValue(compacting: [
            "name": .string(name), "type": .string(type.rawValue), "jsonPath": .string(path),
            "description": .string(description), "priority": isWide ? 1 : nil,
        ])
    }
}

extension Schema {
    /// The fields at the root of an object are the API server's own: it allows no bounds on them but type and format.
    fileprivate static func anyString(_ description: String) -> Schema { Schema(description, ["type": "string"]) }

    /// The server describes and checks metadata itself, and takes no word about it but of the name: a rule about the
    /// name can say where it looks only if the schema has that place.
    fileprivate static var metadata: Schema {
        var schema = Schema("", ["type": "object", "properties": ["name": ["type": "string"]]])
        schema.json["description"] = nil
        return schema
    }
}
