public import KubernetesAPI

/// One line of progress, written by a trial to its standard output.
public struct TrialProgress: Codable, Hashable, Sendable {
    public var time: Time
    public var level: String
    public var message: String
    public var step: Int
    /// The step at which the training ends.
    public var steps: Int
    /// Steps a second since the line before.
    public var rate: MetricValue
    public var metrics: Metrics

    /// What ``message`` says on every line of progress.
    public static let message = "progress"

    public init(time: Time, step: Int, steps: Int, rate: Double, metrics: Metrics) {
        self.time = time
        self.level = "info"
        self.message = Self.message
        self.step = step
        self.steps = steps
        self.rate = MetricValue(rate)
        self.metrics = metrics
    }

    /// Reads one line of output; `nil` for lines that are no progress.
    public init?(line: String) {
        guard let value = try? JSONValue(parsing: line), value["message"]?.stringValue == Self.message,
            let progress = try? value.decode(TrialProgress.self)
        else { return nil }
        self = progress
    }
}
