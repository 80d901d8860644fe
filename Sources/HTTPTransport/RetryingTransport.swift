/// Sends requests again as its policy says.
///
/// A body that is produced while it is sent must allow being read once per attempt.
public struct RetryingTransport<Base: HTTPTransport>: HTTPTransport {
    private let base: Base
    private let policy: RetryPolicy
    private let random: @Sendable () -> Double

    /// - Parameters:
    ///   - base: Does the sending.
    ///   - policy: Says when to send again.
    ///   - random: Uniform in 0..<1; spreads the attempts of many clients.
    public init(
        _ base: Base, policy: RetryPolicy = RetryPolicy(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.base = base
        self.policy = policy
        self.random = random
    }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        var attempt = 1
        while true {
            let result: Result<HTTPResponse, HTTPTransportError>
            do throws(HTTPTransportError) {
                result = .success(try await base.send(request))
            } catch {
                result = .failure(error)
            }
            let outcome: RetryPolicy.Outcome =
                switch result {
                case .success(let response): .init(response)
                case .failure(let error): .error(error)
                }
            guard
                let delay = policy.delay(after: outcome, of: request.method, attempt: attempt, random: random())
            else { return try result.get() }
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw HTTPTransportError(.cancelled, "waiting to ask \(request.url) again was cancelled")
            }
            attempt += 1
        }
    }
}
