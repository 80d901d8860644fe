import Synchronization

/// Lets requests through at a limited rate, in the order in which they came.
///
/// Clients that are given the same limiter share its rate.
public final class RateLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>

    public init(_ limit: RateLimit) {
        bucket = Mutex(TokenBucket(rate: limit.requestsPerSecond, burst: limit.burst, at: .now))
    }

    /// Returns when one more request may be sent.
    ///
    /// - Throws: `CancellationError`.
    func wait() async throws(CancellationError) {
        let delay = bucket.withLock { $0.take(at: .now) }
        guard delay > .zero else { return }
        do {
            try await Task.sleep(for: delay)
        } catch {
            throw CancellationError()
        }
    }
}
