import Synchronization

/// A transport without a network: a closure answers, and what was asked is kept.
public final class InMemoryTransport: HTTPTransport {
    public typealias Handler = @Sendable (HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse

    private let handler: Handler
    private let sent = Mutex<[HTTPRequest]>([])

    public init(_ handler: @escaping Handler) { self.handler = handler }

    /// Answers with these responses in order, and refuses what comes after.
    public convenience init(responses: [Result<HTTPResponse, HTTPTransportError>]) {
        let remaining = Mutex(responses[...])
        self.init { request throws(HTTPTransportError) in
            guard let next = remaining.withLock({ $0.popFirst() }) else {
                throw HTTPTransportError(.unreachable, "nothing is left to answer \(request.url)")
            }
            return try next.get()
        }
    }

    /// What was sent so far, in order.
    public var requests: [HTTPRequest] { sent.withLock { $0 } }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        sent.withLock { $0.append(request) }
        return try await handler(request)
    }
}
