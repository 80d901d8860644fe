import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// The transport over real sockets: HTTP/1.1 with pooled connections.
///
/// HTTP/1.1 on purpose: a watch then has its connection for itself, so a slow reader or a dead connection never holds up
/// other requests. The pool closes when the last reference goes.
public final class AsyncHTTPTransport: HTTPTransport {
    private let client: HTTPClient
    /// For requests that may be idle; the library knows idle times by client only.
    private let patientClient: HTTPClient
    private let tls: TLSOptions
    private let serverName: ServerName?
    private let isProxied: Bool
    /// The last certificate that a request brought along, parsed.
    private let lastIdentity = Mutex<(certificate: TLSOptions.ClientCertificate, tls: TLSConfiguration)?>(nil)

    /// Opens nothing yet.
    ///
    /// - Parameters:
    ///   - tls: For https URLs.
    ///   - serverName: Whom to expect at a host. The transport is then for https URLs of that host alone.
    ///   - proxy: Connects through this.
    ///   - maximumIdleTime: A response that brings no byte for this long is given up. Ask servers of quiet streams to end
    ///     them earlier than that.
    ///   - connectTimeout: For the TCP connection and the TLS handshake.
    ///   - mayWrite: Asked right before the socket about every part of a request that changes something.
    /// - Throws: ``HTTPTransportError/Code/invalid`` for certificates or keys that cannot be read.
    public init(
        tls: TLSOptions = TLSOptions(), serverName: ServerName? = nil, proxy: HTTPProxy? = nil,
        maximumIdleTime: Duration = .seconds(60), connectTimeout: Duration = .seconds(10),
        mayWrite: (@Sendable () -> Bool)? = nil
    ) throws(HTTPTransportError) {
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try tls.configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .init(connectTimeout), read: .init(maximumIdleTime))
        configuration.httpVersion = .http1Only
        // A client that watches twenty kinds holds twenty connections; the default of eight would starve the rest.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // Anything on the way may have forgotten a connection that was quiet for long, and nobody would tell: a request
        // on it would wait for its whole timeout.
        configuration.connectionPool.idleTimeout = .seconds(15)
        // A refused connection is an answer; the callers' policy says when to ask again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = proxy.map { .init($0) }
        if let serverName {
            configuration.dnsOverride = [serverName.expected: serverName.host]
        }
        let verifiedName = tls.skipsVerification ? nil : serverName
        configuration.http1_1ConnectionDebugInitializer = { channel in
            let verified = verifiedName?.verify(channel) ?? channel.eventLoop.makeSucceededVoidFuture()
            guard let mayWrite else { return verified }
            return verified.flatMap { WriteFence.add(to: channel, mayWrite: mayWrite) }
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = nil
        patientClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.tls = tls
        self.serverName = serverName
        isProxied = proxy != nil
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
            current = try redirect.request(
                showsClientCertificate: tls.clientCertificate != nil || request.clientCertificate != nil)
        }
        throw HTTPTransportError(.redirect, "\(request.url) redirects more than \(Redirect.limit) times")
    }

    private func sendOnce(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        do {
            let deadline = request.timeout.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            let client = request.mayBeIdle ? patientClient : client
            let response = try await client.execute(prepared(request), deadline: deadline)
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

extension AsyncHTTPTransport {
    private func prepared(_ request: HTTPRequest) throws(HTTPTransportError) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(request)
        if let (url, hostHeader) = serverName?.applied(to: request.url) {
            prepared.url = url
            prepared.headers.replaceOrAdd(name: "Host", value: hostHeader)
        } else if isProxied, !tls.skipsVerification, ServerName.isAddress(ofHTTPS: request.url) {
            throw HTTPTransportError(
                .invalid, "the certificate of \(request.url) cannot be verified behind a proxy without a server name")
        }
        if let certificate = request.clientCertificate {
            // Connections are pooled by what they show, so those of another certificate stay unused from now on.
            prepared.tlsConfiguration = try configuration(showing: certificate)
        }
        return prepared
    }

    private func configuration(
        showing certificate: TLSOptions.ClientCertificate
    ) throws(HTTPTransportError) -> TLSConfiguration {
        if let known = lastIdentity.withLock({ $0 }), known.certificate == certificate { return known.tls }
        var options = tls
        options.clientCertificate = certificate
        let configuration = try options.configuration()
        lastIdentity.withLock { $0 = (certificate, configuration) }
        return configuration
    }
}

extension HTTPClient.Configuration.Proxy {
    fileprivate init(_ proxy: HTTPProxy) {
        self =
            switch proxy.kind {
            case .http:
                .server(
                    host: proxy.host, port: proxy.port,
                    authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
            case .socks5: .socksServer(host: proxy.host, port: proxy.port)
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
