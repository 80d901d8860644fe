/// One checkpoint of a trial: where it is, what is in it and how good it is.
public struct CheckpointReference: Codable, Hashable, Sendable {
    /// The checkpoint's prefix, relative to the trial's folder: `attempts/<pod uid>/checkpoints/ckpt-500`.
    public var path: String
    public var step: Int
    /// `sha256:` and the digest of the list of its files (``FileDigest/list(_:)``).
    public var digest: String
    /// The objective's metric.
    public var metric: String
    public var value: MetricValue

    public init(path: String, step: Int, digest: String, metric: String, value: Double) {
        self.path = path
        self.step = step
        self.digest = digest
        self.metric = metric
        self.value = MetricValue(value)
    }
}
