/// How long to wait after failures in a row: doubling from ``base`` to ``limit``, spread at random.
public struct Backoff: Hashable, Sendable {
    public var base: Duration
    public var limit: Duration

    public init(base: Duration = .milliseconds(100), limit: Duration = .seconds(60)) {
        self.base = base
        self.limit = limit
    }

    /// Between half of the doubled delay and all of it, so that many callers do not come back at the same moment.
    ///
    /// - Parameters:
    ///   - failures: failures in a row, from 1.
    ///   - random: where the spread comes from.
    /// - Returns: at most ``limit``.
    public func delay(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
        let doublings = min(max(failures - 1, 0), 40)
        let full = min(base * (1 << doublings), limit)
        return full * Double.random(in: 0.5...1, using: &random)
    }
}
