import Glibc
public import KubernetesAPI

/// Where the trainer's times come from.
public struct TrialClock: Sendable {
    /// The wall clock.
    public var now: @Sendable () -> Time
    /// Seconds that only ever increase.
    public var uptime: @Sendable () -> Double

    public init(now: @escaping @Sendable () -> Time, uptime: @escaping @Sendable () -> Double) {
        self.now = now
        self.uptime = uptime
    }

    /// The machine's own clocks.
    public static let system = TrialClock(
        now: { Time(seconds: Int64(time(nil))) },
        uptime: {
            var moment = timespec()
            clock_gettime(CLOCK_MONOTONIC, &moment)
            return Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9
        })
}
