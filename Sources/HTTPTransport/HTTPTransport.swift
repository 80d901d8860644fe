/// Sends one HTTP request and hands back a response whose body may still be arriving.
///
/// The one door to the network: clients take a transport by `init`, tests give them an ``InMemoryTransport``.
public protocol HTTPTransport: Sendable {
    /// Returns as soon as the response's head is there; any status is a response, not an error.
    ///
    /// - Throws: ``HTTPTransportError`` when no response came. Cancelling the task cancels the request.
    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse
}
