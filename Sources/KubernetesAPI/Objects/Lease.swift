/// A `coordination.k8s.io/v1` lease, complete: who may act, until when.
public struct Lease: KubernetesObject, Hashable {
    public static let resource = Resource(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")

    public struct Spec: Codable, Hashable, Sendable {
        /// Empty or missing when nobody holds the lease.
        public var holderIdentity: String?
        /// How long candidates wait after they saw the last renewal.
        public var leaseDurationSeconds: Int?
        public var acquireTime: MicroTime?
        public var renewTime: MicroTime?
        /// How often the holder changed.
        public var leaseTransitions: Int?

        public init(
            holderIdentity: String? = nil, leaseDurationSeconds: Int? = nil, acquireTime: MicroTime? = nil,
            renewTime: MicroTime? = nil, leaseTransitions: Int? = nil
        ) {
            self.holderIdentity = holderIdentity
            self.leaseDurationSeconds = leaseDurationSeconds
            self.acquireTime = acquireTime
            self.renewTime = renewTime
            self.leaseTransitions = leaseTransitions
        }
    }

    public var metadata: ObjectMeta
    public var spec: Spec?

    public init(metadata: ObjectMeta, spec: Spec? = nil) {
        self.metadata = metadata
        self.spec = spec
    }
}
