/// A bound that a metric must keep, or the checkpoint is not promoted.
public struct Gate: Codable, Hashable, Sendable {
    public var metric: String
    public var min: Double?
    public var max: Double?

    public init(metric: String, min: Double? = nil, max: Double? = nil) {
        self.metric = metric
        self.min = min
        self.max = max
    }

    /// Why the gate is shut for these metrics, as a sentence, or `nil` when it is open.
    ///
    /// NaN opens no gate.
    public func refusal(for metrics: Metrics) -> String? {
        guard let value = metrics[metric] else { return "\(metric) was not reported" }
        if value.isNaN { return "\(metric) is not a number" }
        if let min, value < min { return "\(metric) is \(value), below the gate's min \(min)" }
        if let max, value > max { return "\(metric) is \(value), above the gate's max \(max)" }
        return nil
    }
}
