/// When a failed request is sent again: exponential delays with full jitter.
///
/// A pure value; ``RetryingTransport`` does the waiting.
public struct RetryPolicy: Hashable, Sendable {
    /// How often a request is sent at most.
    public var attempts: Int
    /// Upper bound of the first delay; doubles with each attempt.
    public var baseDelay: Duration
    /// Upper bound of every delay, a `Retry-After` included: one that is longer ends the attempts.
    public var maximumDelay: Duration

    public init(
        attempts: Int = 4, baseDelay: Duration = .milliseconds(250), maximumDelay: Duration = .seconds(10)
    ) {
        self.attempts = attempts
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
    }

    public static let never = RetryPolicy(attempts: 1)

    /// How a request ended.
    public enum Outcome: Hashable, Sendable {
        case status(Int, retryAfter: Duration?)
        case error(HTTPTransportError)

        public init(_ response: HTTPResponse) { self = .status(response.status, retryAfter: response.retryAfter) }
    }

    /// Says whether and when a request is sent again.
    ///
    /// Requests that are not idempotent are sent again only when the server cannot have acted on them.
    ///
    /// - Parameters:
    ///   - outcome: How the last attempt ended.
    ///   - method: Of the request.
    ///   - attempt: Counts from 1.
    ///   - random: Uniform in 0..<1.
    /// - Returns: How long to wait; `nil` when another attempt would not help or could do something twice.
    public func delay(
        after outcome: Outcome, of method: HTTPRequest.Method, attempt: Int, random: Double
    ) -> Duration? {
        guard attempt < attempts else { return nil }
        let backoff = min(maximumDelay, baseDelay * (1 << min(attempt - 1, 30))) * random
        switch outcome {
        case .status(429, let retryAfter): return acceptable(retryAfter ?? backoff)
        case .status(503, let retryAfter) where method.isIdempotent: return acceptable(retryAfter ?? backoff)
        case .status(let status, _) where [500, 502, 504].contains(status) && method.isIdempotent: return backoff
        case .error(let error) where error.code == .unreachable: return backoff
        case .error(let error) where error.isTransient && method.isIdempotent: return backoff
        case .status, .error: return nil
        }
    }

    /// A server that wants to be left alone for longer than this gets its wish from the caller.
    private func acceptable(_ delay: Duration) -> Duration? { delay <= maximumDelay ? delay : nil }
}
