public import HTTPTransport

/// Speaks the OCI distribution protocol: authentication, retries, and errors that say what to do.
public struct RegistryClient: Sendable {
    let transport: any HTTPTransport
    let retry: RetryPolicy
    private let authorizer: RegistryAuthorizer
    private let plainHTTP: @Sendable (_ registry: String) -> Bool
    private let random: @Sendable () -> Double

    /// - Parameters:
    ///   - transport: Without retries of its own.
    ///   - credentials: Tried when a registry asks for some.
    ///   - plainHTTP: Which registries have no TLS, besides those on this machine.
    ///   - retry: For requests and whole uploads that failed in passing.
    ///   - random: Uniform in 0..<1; spreads retries.
    public init(
        transport: any HTTPTransport, credentials: RegistryCredentials = .anonymous,
        plainHTTP: @escaping @Sendable (_ registry: String) -> Bool = { _ in false },
        retry: RetryPolicy = RetryPolicy(attempts: 5), random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.transport = transport
        self.plainHTTP = plainHTTP
        self.retry = retry
        self.random = random
        authorizer = RegistryAuthorizer(transport: transport, credentials: credentials)
    }

    /// The repository that the reference is in.
    public func repository(of reference: ImageReference) -> RegistryRepository {
        RegistryRepository(
            client: self,
            endpoint: RegistryEndpoint(registry: reference.registry, plainHTTP: plainHTTP(reference.registry)),
            name: reference.repository)
    }

    /// Reads an image's manifest and configuration.
    public func resolve(
        _ reference: ImageReference, platform: Platform = .current
    ) async throws(ImageError) -> ResolvedImage {
        try await ResolvedImage(reference, from: repository(of: reference), platform: platform)
    }

    /// Sends a request, answers a challenge, repeats what failed in passing.
    ///
    /// - Returns: Any response but 401, 403, 429 and server errors.
    func send(
        _ request: HTTPRequest, to endpoint: RegistryEndpoint, scopes: [RegistryAuthorizer.Scope]
    ) async throws(ImageError) -> HTTPResponse {
        var attempt = 1
        var challenged = false
        while true {
            let outcome: RetryPolicy.Outcome
            let failure: ImageError
            switch await attemptToSend(authorized(request, endpoint, scopes)) {
            case .failure(let error):
                outcome = .error(error)
                failure = ImageError(error, registry: endpoint.registry)
            case .success(let response):
                switch response.status {
                case 401 where !challenged:
                    challenged = true
                    try await authorizer.answer(response, of: endpoint, scopes: scopes)
                    continue
                case 401, 403:
                    throw authorizer.refusal(endpoint, scopes).adding(await RegistryProblem(response))
                case 429, 500...:
                    outcome = .init(response)
                    failure = await RegistryProblem(response).error(.unavailable, from: endpoint.registry)
                default:
                    return response
                }
            }
            guard let delay = retry.delay(after: outcome, of: request.method, attempt: attempt, random: random()) else {
                throw failure
            }
            try await Self.wait(delay)
            attempt += 1
        }
    }

    /// Sends a request whose authorization is known already and which must not be repeated as it is.
    ///
    /// - Throws: ``ImageError/Code/unavailable`` for server errors and broken connections; the caller may start again.
    func sendOnce(
        _ request: HTTPRequest, to endpoint: RegistryEndpoint, scopes: [RegistryAuthorizer.Scope]
    ) async throws(ImageError) -> HTTPResponse {
        let request = authorized(request, endpoint, scopes)
        switch await attemptToSend(request) {
        case .failure(let error): throw ImageError(error, registry: endpoint.registry)
        case .success(let response):
            switch response.status {
            case 401, 403: throw authorizer.refusal(endpoint, scopes).adding(await RegistryProblem(response))
            case 429, 500...: throw await RegistryProblem(response).error(.unavailable, from: endpoint.registry)
            default: return response
            }
        }
    }

    /// Credentials go to the registry itself only, not to storage that it points to.
    private func authorized(
        _ request: HTTPRequest, _ endpoint: RegistryEndpoint, _ scopes: [RegistryAuthorizer.Scope]
    ) -> HTTPRequest {
        var request = request
        // Some registries refuse clients without a name.
        request.headers["User-Agent"] = "aerie"
        guard endpoint.owns(request.url) else { return request }
        request.headers["Authorization"] = authorizer.authorization(for: endpoint, scopes: scopes)
        return request
    }

    private func attemptToSend(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPTransportError> {
        do throws(HTTPTransportError) {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    /// Waits before a whole upload or download is tried once more.
    ///
    /// - Parameter attempt: How often it was tried, counting from 1.
    /// - Returns: Whether another attempt is allowed.
    func waitBeforeRepeating(attempt: Int) async throws(ImageError) -> Bool {
        let outcome = RetryPolicy.Outcome.status(503, retryAfter: nil)
        guard let delay = retry.delay(after: outcome, of: .get, attempt: attempt, random: random()) else {
            return false
        }
        try await Self.wait(delay)
        return true
    }

    private static func wait(_ delay: Duration) async throws(ImageError) {
        do {
            try await Task.sleep(for: delay)
        } catch {
            throw ImageError(.cancelled, "waiting for a registry was cancelled")
        }
    }
}
