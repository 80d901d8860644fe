public import KubernetesAPI

/// Something that one may be allowed to do: a verb and what it is done to.
public struct AccessReview: Hashable, Sendable, CustomStringConvertible {
    /// Of whom it is asked.
    public struct Subject: Hashable, Sendable {
        public var user: String
        public var groups: [String]
        public var uid: String?

        public init(user: String, groups: [String] = [], uid: String? = nil) {
            self.user = user
            self.groups = groups
            self.uid = uid
        }
    }

    /// What the server says.
    public struct Answer: Codable, Hashable, Sendable {
        public var allowed: Bool
        /// For people; empty for most answers.
        public var reason: String?
        /// What went wrong while the answer was found.
        public var evaluationError: String?
    }

    /// `get`, `list`, `create`, …, or `*`.
    public var verb: String
    public var resource: Resource
    public var subresource: String?
    /// `nil` for all namespaces, and for cluster-scoped kinds.
    public var namespace: String?
    /// `nil` for all objects.
    public var name: String?

    public init(
        _ verb: String, _ resource: Resource, subresource: String? = nil, namespace: String? = nil, name: String? = nil
    ) {
        self.verb = verb
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }

    public var description: String {
        let what = [resource.plural, subresource, name].compactMap { $0 }.joined(separator: "/")
        return "\(verb) \(what)\(namespace.map { " in \($0)" } ?? "")"
    }

    var attributes: JSONValue {
        JSONValue(compacting: [
            "verb": .string(verb), "group": .string(resource.group), "version": .string(resource.version),
            "resource": .string(resource.plural), "subresource": subresource.map { .string($0) },
            "namespace": namespace.map { .string($0) }, "name": name.map { .string($0) },
        ])
    }
}
