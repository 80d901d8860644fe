/// A kind that the API server serves, and where.
public struct Resource: Hashable, Sendable {
    /// Empty for the core group.
    public var group: String
    public var version: String
    public var kind: String
    /// Lower-case plural, as in URLs.
    public var plural: String
    public var isNamespaced: Bool

    public init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}

/// Namespace and name: all that a reconcile request carries.
public struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Empty for cluster-scoped objects.
    public var namespace: String
    public var name: String

    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// One object of one kind.
public struct Reference: Hashable, Sendable, CustomStringConvertible {
    public var resource: Resource
    public var key: ObjectKey

    public init(_ resource: Resource, _ key: ObjectKey) {
        self.resource = resource
        self.key = key
    }

    public init(_ resource: Resource, namespace: String = "", name: String) {
        self.init(resource, ObjectKey(namespace: namespace, name: name))
    }

    public var description: String { "\(resource.kind) \(key)" }
}
