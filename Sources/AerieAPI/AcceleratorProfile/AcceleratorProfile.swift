public import KubernetesAPI

/// What an admin calls a pool of accelerators; scientists ask for it by name.
public struct AcceleratorProfile: KubernetesObject, Hashable {
    public static let resource = AerieGroup.resource(
        "AcceleratorProfile", "acceleratorprofiles", isNamespaced: false)

    /// Where the pool is, who may use it, and what it costs.
    public struct Spec: Codable, Hashable, Sendable {
        /// What a container is limited to, for example `nvidia.com/gpu`.
        public var resourceName: String
        public var nodeSelector: [String: String]
        /// As in a pod's spec.
        public var tolerations: [JSONValue]
        /// Empty: every namespace.
        public var allowedNamespaces: [String]
        /// Of one accelerator, in whatever currency the admin reckons with.
        public var costPerHour: Double?

        public init(
            resourceName: String, nodeSelector: [String: String] = [:], tolerations: [JSONValue] = [],
            allowedNamespaces: [String] = [], costPerHour: Double? = nil
        ) {
            self.resourceName = resourceName
            self.nodeSelector = nodeSelector
            self.tolerations = tolerations
            self.allowedNamespaces = allowedNamespaces
            self.costPerHour = costPerHour
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            resourceName = try container.decode(String.self, forKey: .resourceName)
            nodeSelector = try container.decode(.nodeSelector, default: [:])
            tolerations = try container.decode(.tolerations, default: [])
            allowedNamespaces = try container.decode(.allowedNamespaces, default: [])
            costPerHour = try container.decodeIfPresent(Double.self, forKey: .costPerHour)
        }
    }

    public var metadata: ObjectMeta
    public var spec: Spec

    public init(metadata: ObjectMeta, spec: Spec) {
        self.metadata = metadata
        self.spec = spec
    }

    /// Whether workloads of this namespace may use the pool.
    public func allows(namespace: String) -> Bool {
        spec.allowedNamespaces.isEmpty || spec.allowedNamespaces.contains(namespace)
    }

    /// What a pod needs so that it gets `count` accelerators of this pool.
    public func podSettings(count: Int) -> PodSettings {
        PodSettings(
            nodeSelector: spec.nodeSelector, tolerations: spec.tolerations,
            limits: [spec.resourceName: JSONValue(count)])
    }
}

/// Where a pod may run and what its main container gets.
public struct PodSettings: Hashable, Sendable {
    public var nodeSelector: [String: String]
    public var tolerations: [JSONValue]
    /// Amounts by the name of the resource.
    public var limits: [String: JSONValue]

    public init(nodeSelector: [String: String], tolerations: [JSONValue], limits: [String: JSONValue]) {
        self.nodeSelector = nodeSelector
        self.tolerations = tolerations
        self.limits = limits
    }
}
