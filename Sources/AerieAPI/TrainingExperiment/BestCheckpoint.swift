public import KubernetesAPI

/// The checkpoint that leads, and everything that led to it.
public struct BestCheckpoint: Codable, Hashable, Sendable {
    /// The checkpoint's files.
    public struct Checkpoint: Codable, Hashable, Sendable {
        /// The folder of its trial in the checkpoint store.
        public var uri: String
        /// The checkpoint's prefix below ``uri``.
        public var path: String
        public var step: Int
        public var digest: String

        public init(uri: String, path: String, step: Int, digest: String) {
            self.uri = uri
            self.path = path
            self.step = step
            self.digest = digest
        }
    }

    /// The trial's name.
    public var trial: String
    public var trialNumber: Int
    public var parameters: [String: JSONValue]
    public var metric: String
    public var value: Double
    /// All that the trial reported.
    public var metrics: Metrics
    public var checkpoint: Checkpoint
    /// The digest of the data that the trial was trained on.
    public var datasetDigest: String?

    public init(
        trial: String, trialNumber: Int, parameters: [String: JSONValue], metric: String, value: Double,
        metrics: Metrics, checkpoint: Checkpoint, datasetDigest: String? = nil
    ) {
        self.trial = trial
        self.trialNumber = trialNumber
        self.parameters = parameters
        self.metric = metric
        self.value = value
        self.metrics = metrics
        self.checkpoint = checkpoint
        self.datasetDigest = datasetDigest
    }

    /// Whether this checkpoint wins over `other`.
    ///
    /// The better value wins; of equal values the one of the smaller step, then of the lower trial number, then of the
    /// path that sorts first, so that the order is total and the winner does not depend on who reported first.
    public func wins(over other: BestCheckpoint, by goal: Objective.Goal) -> Bool {
        if goal.prefers(value, to: other.value) { return true }
        if goal.prefers(other.value, to: value) || value.isNaN { return false }
        return (checkpoint.step, trialNumber, checkpoint.path)
            < (other.checkpoint.step, other.trialNumber, other.checkpoint.path)
    }
}

/// How the promotion of an experiment's best checkpoint is going.
public struct PromotionSummary: Codable, Hashable, Sendable {
    /// The `ModelPromotion`'s name.
    public var name: String
    /// Its state; `nil` until it was seen.
    public var state: ModelPromotion.State?
    public var imageDigest: String?

    public init(name: String, state: ModelPromotion.State? = nil, imageDigest: String? = nil) {
        self.name = name
        self.state = state
        self.imageDigest = imageDigest
    }
}
