/// How many requests a program sends by itself: `--kube-api-qps` and `--kube-api-burst`.
///
/// None by default. The API server protects itself and shares itself out fairly; it answers 429 with the time to wait,
/// which is obeyed. A limit of our own only makes every request later when much is going on.
public struct RateLimit: Hashable, Sendable {
    /// Requests a second.
    public var requestsPerSecond: Double
    /// Requests at once after a quiet time.
    public var burst: Int

    public init(requestsPerSecond: Double, burst: Int) {
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }
}
