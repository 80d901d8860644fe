import ArgumentParser
import KubernetesClient

/// How many requests the controller sends; upstream's names.
struct RateLimitOptions: ParsableArguments {
    @Option(
        name: .customLong("kube-api-qps"),
        help: "The most requests a second to the API server; 0 leaves it to the server to say when it is too much.")
    var requestsPerSecond = 0.0

    @Option(
        name: .customLong("kube-api-burst"),
        help: "The most requests at once after a quiet time; counts only with --kube-api-qps.")
    var burst = 30

    /// What the clients of the controllers keep to together; `nil` for no limit.
    ///
    /// The lease is always renewed without one, and the webhook, for which API servers wait, has none either.
    func limiter() -> RateLimiter? {
        requestsPerSecond > 0 ? RateLimiter(RateLimit(requestsPerSecond: requestsPerSecond, burst: burst)) : nil
    }

    func validate() throws {
        guard (0...100_000).contains(requestsPerSecond) else {
            throw ValidationError("--kube-api-qps must be 0…100000, got \(requestsPerSecond)")
        }
        guard (1...100_000).contains(burst) else {
            throw ValidationError("--kube-api-burst must be 1…100000, got \(burst)")
        }
    }
}
