public import AerieAPI
public import KubernetesAPI

/// The trainer's log: one JSON object a line, progress among them.
public struct TrialLog: Sendable {
    private let clock: TrialClock
    private let write: @Sendable (String) -> Void

    public enum Level: String, Sendable {
        case info, warning, error
    }

    /// `write` takes one line without its end.
    public init(clock: TrialClock, write: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.write = write
    }

    public func log(_ level: Level, _ message: String, _ values: [String: JSONValue] = [:]) {
        var line = values
        line["time"] = .string(clock.now().description)
        line["level"] = .string(level.rawValue)
        line["message"] = .string(message)
        write(JSONValue.object(line).description)
    }

    /// A line that ``TrialProgress`` reads.
    public func progress(step: Int, steps: Int, rate: Double, metrics: Metrics) throws {
        let progress = TrialProgress(time: clock.now(), step: step, steps: steps, rate: rate, metrics: metrics)
        write(try JSONValue(encoding: progress).description)
    }
}
