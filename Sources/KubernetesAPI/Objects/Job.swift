/// A `batch/v1` job, as far as controllers look at it.
public struct Job: KubernetesObject, Hashable {
    public static let resource = Resource(group: "batch", version: "v1", kind: "Job", plural: "jobs")

    public struct Status: Codable, Hashable, Sendable {
        public var active: Int?
        public var succeeded: Int?
        public var failed: Int?
        public var conditions: [PodCondition]?

        public init(
            active: Int? = nil, succeeded: Int? = nil, failed: Int? = nil, conditions: [PodCondition]? = nil
        ) {
            self.active = active
            self.succeeded = succeeded
            self.failed = failed
            self.conditions = conditions
        }
    }

    public var metadata: ObjectMeta
    public var status: Status?

    public init(metadata: ObjectMeta, status: Status? = nil) {
        self.metadata = metadata
        self.status = status
    }

    public func condition(_ type: String) -> PodCondition? {
        status?.conditions?.first { $0.type == type && $0.status == .yes }
    }
}
