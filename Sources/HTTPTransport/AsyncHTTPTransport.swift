import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The transport over real sockets: HTTP/1.1 with pooled connections.
///
/// HTTP/1.1 on purpose: a watch then has its connection for itself, so a slow reader or a dead connection never holds up
/// other requests. The pool closes when the last reference goes.
public final class AsyncHTTPTransport: HTTPTransport {
    private let client: HTTPClient
    /// For requests that may be idle; the library knows idle times by client only.
    private let patientClient: HTTPClient
    private let showsClientCertificate: Bool

    /// Opens nothing yet.
    ///
    /// - Parameters:
    ///   - tls: For https URLs.
    ///   - maximumIdleTime: A response that brings no byte for this long is given up. Ask servers of quiet streams to end
    ///     them earlier than that.
    ///   - connectTimeout: For the TCP connection and the TLS handshake.
    /// - Throws: ``HTTPTransportError/Code/invalid`` for certificates or keys that cannot be read.
    public init(
        tls: TLSOptions = TLSOptions(), maximumIdleTime: Duration = .seconds(60),
        connectTimeout: Duration = .seconds(10)
    ) throws(HTTPTransportError) {
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try tls.configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .init(connectTimeout), read: .init(maximumIdleTime))
        configuration.httpVersion = .http1Only
        // A client that watches twenty kinds holds twenty connections; the default of eight would starve the rest.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // A refused connection is an answer; the callers' policy says when to ask again.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = nil
        patientClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        showsClientCertificate = tls.clientCertificate != nil
    }

    deinit {
        client.shutdown { _ in }
        patientClient.shutdown { _ in }
    }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        var current = request
        for _ in 0...Redirect.limit {
            let response = try await sendOnce(current)
            guard let redirect = Redirect(of: current, by: response) else { return response }
            current = try redirect.request(showsClientCertificate: showsClientCertificate)
        }
        throw HTTPTransportError(.redirect, "\(request.url) redirects more than \(Redirect.limit) times")
    }

    private func sendOnce(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        do {
            let deadline = request.timeout.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            let client = request.mayBeIdle ? patientClient : client
            let response = try await client.execute(HTTPClientRequest(request), deadline: deadline)
            let url = request.url
            let transport = self
            let chunks = response.body.map { buffer in
                // The reference keeps the pool open for as long as someone reads.
                withExtendedLifetime(transport) { Array(buffer.readableBytesView) }
            }
            return HTTPResponse(
                status: Int(response.status.code),
                headers: HTTPHeaders(response.headers.map { HTTPHeaders.Field(name: $0.name, value: $0.value) }),
                body: HTTPBody(
                    length: response.headers.first(name: "content-length").flatMap { Int64($0) },
                    chunks: NamingErrors(base: chunks, url: url)))
        } catch {
            throw HTTPTransportError(error, url: request.url)
        }
    }
}

extension HTTPClientRequest {
    fileprivate init(_ request: HTTPRequest) {
        self.init(url: request.url)
        method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers.fields { headers.add(name: field.name, value: field.value) }
        if let bytes = request.body.bytes {
            if !bytes.isEmpty { body = .bytes(ByteBuffer(bytes: bytes)) }
        } else {
            let buffers = request.body.map { ByteBuffer(bytes: $0) }
            body = .stream(buffers, length: request.body.length.map { .known($0) } ?? .unknown)
        }
    }
}

/// Chunks whose errors name the URL that they came from.
private struct NamingErrors<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == [UInt8] {
    let base: Base
    let url: String

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), url: url) }

    struct Iterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        let url: String

        mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPTransportError) -> [UInt8]? {
            do {
                return try await base.next(isolation: actor)
            } catch {
                throw HTTPTransportError(error, url: url)
            }
        }

        mutating func next() async throws(HTTPTransportError) -> [UInt8]? { try await next(isolation: nil) }
    }
}
