/// Passes requests that change something on only while a condition holds.
///
/// It is asked right before every attempt: a transport that waits and tries again above this one, for a whole process that
/// was paused, finds out here that its time is over.
public struct FencedTransport<Base: HTTPTransport>: HTTPTransport {
    private let base: Base
    private let mayWrite: @Sendable () -> Bool

    /// - Parameters:
    ///   - base: Does the sending.
    ///   - mayWrite: Whether this process may change something now.
    public init(_ base: Base, mayWrite: @escaping @Sendable () -> Bool) {
        self.base = base
        self.mayWrite = mayWrite
    }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        guard request.method == .get || request.method == .head || mayWrite() else {
            throw HTTPTransportError(.cancelled, "\(request.url) was not sent: this process no longer leads")
        }
        return try await base.send(request)
    }
}
