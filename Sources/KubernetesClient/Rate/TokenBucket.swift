/// So many requests a second, and some more at once after a quiet time.
///
/// A pure value. Whoever takes a token that is not there yet is told when it will be, and keeps its place.
public struct TokenBucket: Sendable {
    public typealias Moment = ContinuousClock.Instant

    /// A second.
    private let rate: Double
    private let burst: Double
    /// Negative while tokens are promised.
    private var tokens: Double
    private var moment: Moment

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - rate: Tokens a second; more than 0.
    ///   - burst: The most tokens that gather; at least 1.
    ///   - moment: Now.
    public init(rate: Double, burst: Int, at moment: Moment) {
        self.rate = rate
        self.burst = Double(max(1, burst))
        tokens = self.burst
        self.moment = moment
    }

    /// Takes a token.
    ///
    /// - Returns: How long to wait before using it.
    public mutating func take(at now: Moment) -> Duration {
        let passed = moment.duration(to: now) / .seconds(1)
        tokens = min(burst, tokens + max(0, passed) * rate) - 1
        moment = max(moment, now)
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
    }
}
