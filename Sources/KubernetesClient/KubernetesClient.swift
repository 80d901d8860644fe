import BuildInformation
public import HTTPTransport
public import KubernetesAPI

/// Speaks to one API server.
///
/// Copies are free and share connections and credentials; every method may be called from anywhere at once. All errors
/// are ``KubernetesError``s whose message starts with verb and object. Its text names the server and nothing else.
public struct KubernetesClient: Sendable, CustomStringConvertible {
    /// Called with the method and HTTP status of every answer; 0 when none came.
    public typealias Observer = @Sendable (HTTPRequest.Method, Int) -> Void

    public let configuration: ClientConfiguration
    /// Who owns the fields that ``apply(_:force:)`` sets.
    public let fieldManager: String
    /// When a silent connection counts as dead.
    public let liveness: Liveness
    private let transport: any HTTPTransport
    private let credentials: CredentialSource
    private let limiter: RateLimiter?
    private let observer: Observer?

    public var description: String { "a client of \(configuration.server)" }

    private static let userAgent = "aerie/\(BuildInformation.version)"

    /// Bytes of the largest response that is read at once.
    static let maximumResponseBytes = 256 << 20

    /// Bytes of the largest error that is read: it may repeat a value of the object that was sent, more than once.
    static let maximumErrorBytes = 8 << 20

    /// Bytes of the largest page of a list; 500 objects of average size take a tenth.
    static let maximumPageBytes = 32 << 20

    /// A client over any transport, such as one in memory.
    public init(
        configuration: ClientConfiguration, transport: any HTTPTransport, liveness: Liveness = Liveness(),
        limiter: RateLimiter? = nil, fieldManager: String = "aerie", observer: Observer? = nil
    ) {
        self.configuration = configuration
        self.transport = transport
        self.liveness = liveness
        credentials = CredentialSource(configuration)
        self.limiter = limiter
        self.fieldManager = fieldManager
        self.observer = observer
    }

    /// A client over sockets, with a connection pool of its own.
    ///
    /// - Parameters:
    ///   - configuration: Where and as whom.
    ///   - retry: When a failed request is sent again.
    ///   - liveness: When a silent connection counts as dead.
    ///   - limiter: Asked before every request; one that is sent again by `retry` counts once.
    ///   - fieldManager: Who owns the fields that ``apply(_:force:)`` sets.
    ///   - mayWrite: Asked before every attempt of a request that changes something, and right before the socket; `false`
    ///     fails it.
    ///   - observer: For metrics.
    /// - Throws: ``ConfigurationError`` for certificates that cannot be read.
    public init(
        _ configuration: ClientConfiguration,
        retry: RetryPolicy = RetryPolicy(attempts: 3, baseDelay: .milliseconds(200), maximumDelay: .seconds(5)),
        liveness: Liveness = Liveness(), limiter: RateLimiter? = nil, fieldManager: String = "aerie",
        mayWrite: @escaping @Sendable () -> Bool = { true }, observer: Observer? = nil
    ) throws(ConfigurationError) {
        do throws(HTTPTransportError) {
            let transport = try AsyncHTTPTransport(
                tls: configuration.tls, serverName: configuration.serverName, proxy: configuration.proxy,
                maximumIdleTime: liveness.maximumSilence, connectTimeout: liveness.connectTimeout, mayWrite: mayWrite)
            let fenced = FencedTransport(transport, mayWrite: mayWrite)
            self.init(
                configuration: configuration, transport: RetryingTransport(fenced, policy: retry),
                liveness: liveness, limiter: limiter, fieldManager: fieldManager, observer: observer)
        } catch {
            throw ConfigurationError(error.message)
        }
    }

    /// Sends any request and returns its response when that is a success.
    ///
    /// A request that is refused with 401 is sent again once if a plugin can print other credentials.
    public func send(_ request: KubernetesRequest) async throws(KubernetesError) -> HTTPResponse {
        var credential = try await credential(for: request)
        var response = try await send(request, as: credential)
        if response.status == 401, await credentials.refused(credential) {
            credential = try await self.credential(for: request)
            response = try await send(request, as: credential)
        }
        guard !response.isSuccess else { return response }
        // An error without a readable document is still an error of that status.
        let bytes = try? await response.collect(upTo: Self.maximumErrorBytes)
        throw KubernetesError(
            status: response.status, body: bytes.flatMap { try? JSONValue(parsing: $0) },
            retryAfter: response.retryAfter, subject: request.subject)
    }

    private func credential(for request: KubernetesRequest) async throws(KubernetesError) -> Credential {
        do throws(ConfigurationError) {
            return try await credentials.current()
        } catch {
            throw KubernetesError(.unauthorized, "\(request.subject): \(error.message)")
        }
    }

    private func send(
        _ request: KubernetesRequest, as credential: Credential
    ) async throws(KubernetesError) -> HTTPResponse {
        var sent = request.httpRequest(
            server: configuration.server, token: credential.token, userAgent: Self.userAgent)
        sent.clientCertificate = credential.clientCertificate
        do throws(CancellationError) {
            try await limiter?.wait()
        } catch {
            throw KubernetesError(.unreachable, "\(request.subject): cancelled before it was sent")
        }
        do throws(HTTPTransportError) {
            let response = try await transport.send(sent)
            observer?(request.method, response.status)
            return response
        } catch {
            observer?(request.method, 0)
            throw KubernetesError(error, subject: request.subject)
        }
    }

    /// Sends any request and returns its response, which is not parsed yet.
    public func answer(to request: KubernetesRequest) async throws(KubernetesError) -> ObjectDocument {
        let response = try await send(request)
        do throws(HTTPTransportError) {
            return ObjectDocument(
                try await response.collect(upTo: Self.maximumResponseBytes), status: response.status,
                subject: request.subject)
        } catch {
            throw KubernetesError(error, subject: request.subject)
        }
    }

    /// Sends any request and returns the document of its response.
    public func document(_ request: KubernetesRequest) async throws(KubernetesError) -> JSONValue {
        try await answer(to: request).parsed()
    }

    /// The document of a response that has arrived as a whole in time; for requests that must not outlive a deadline.
    ///
    /// - Throws: `Unreachable` when `limit` has passed, whatever the request was waiting for.
    public func document(
        _ request: KubernetesRequest, within limit: Duration
    ) async throws(KubernetesError) -> JSONValue {
        let result = await withTaskGroup(of: Result<JSONValue, KubernetesError>.self) { group in
            group.addTask {
                do throws(KubernetesError) {
                    return .success(try await document(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return .failure(KubernetesError(.unreachable, "\(request.subject): no answer within \(limit)"))
            }
            // Whichever comes first; the other one is cancelled and, with the request, its connection closed.
            defer { group.cancelAll() }
            return await group.next()
        }
        guard let result else { throw KubernetesError(.unreachable, "\(request.subject): nothing was asked") }
        return try result.get()
    }
}
