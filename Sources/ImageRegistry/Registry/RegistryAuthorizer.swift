import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import Synchronization

/// Answers a registry's challenges and remembers the answers.
final class RegistryAuthorizer: Sendable {
    /// What a request is going to do, in the words of the token specification.
    struct Scope: Hashable, Sendable {
        var repository: String
        var actions: String

        static func pull(_ repository: String) -> Scope { Scope(repository: repository, actions: "pull") }
        static func push(_ repository: String) -> Scope { Scope(repository: repository, actions: "pull,push") }

        var text: String { "repository:\(repository):\(actions)" }
    }

    private struct Key: Hashable {
        var registry: String
        var scopes: [Scope]
    }

    private let transport: any HTTPTransport
    private let credentials: RegistryCredentials
    /// Values of the `Authorization` field that were accepted or are about to be tried.
    private let answers = Mutex<[Key: String]>([:])

    init(transport: any HTTPTransport, credentials: RegistryCredentials) {
        self.transport = transport
        self.credentials = credentials
    }

    /// The value of `Authorization`, once a challenge has been answered.
    func authorization(for endpoint: RegistryEndpoint, scopes: [Scope]) -> String? {
        answers.withLock { $0[Key(registry: endpoint.registry, scopes: scopes)] }
    }

    /// Finds an answer to a 401.
    ///
    /// - Throws: ``ImageError/Code/denied`` when there is none, or when a token service refuses us.
    func answer(_ response: HTTPResponse, of endpoint: RegistryEndpoint, scopes: [Scope]) async throws(ImageError) {
        let registry = endpoint.registry
        let credential = credentials.credential(for: registry, repository: scopes.first?.repository ?? "")
        let authorization: String
        switch AuthenticationChallenge(fields: response.headers[all: "www-authenticate"]) {
        case nil:
            throw ImageError(.denied, "registry \(registry) asks for a kind of authentication that is not supported")
        case .basic:
            guard case .password(let user, let password) = credential else { throw refusal(endpoint, scopes) }
            authorization = Self.basic(user, password)
        case .bearer(let realm, let service):
            guard !endpoint.isEncrypted || realm.hasPrefix("https://") else {
                throw ImageError(
                    .denied, "registry \(registry) wants credentials to be sent unencrypted to \(realm); refused")
            }
            authorization = "Bearer " + (try await token(realm, service, credential, endpoint, scopes))
        }
        answers.withLock { $0[Key(registry: registry, scopes: scopes)] = authorization }
    }

    /// The error for a request that is refused although, or because, this is all we have.
    func refusal(_ endpoint: RegistryEndpoint, _ scopes: [Scope]) -> ImageError {
        let what = scopes.map { "\($0.actions) of \(endpoint.registry)/\($0.repository)" }.joined(separator: " and ")
        let credential = credentials.credential(
            for: endpoint.registry, repository: scopes.first?.repository ?? "")
        if let credential {
            let who: String = if case .password(let user, _) = credential { "user '\(user)'" } else { "identity token" }
            return ImageError(
                .denied, "the registry refuses \(what) to the \(who) from \(credentials.origin ?? "the credentials")")
        }
        let advice =
            if let helper = credentials.helper(for: endpoint.registry) {
                "its credentials are with the helper '\(helper)', which is not run; write them into a config.json"
            } else {
                "there are no credentials for it in \(credentials.origin ?? "any config.json"); name one with "
                    + "--registry-config or DOCKER_CONFIG"
            }
        return ImageError(.denied, "the registry refuses \(what) to anonymous clients: \(advice)")
    }

    private static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    private func token(
        _ realm: String, _ service: String?, _ credential: RegistryCredentials.Credential?,
        _ endpoint: RegistryEndpoint, _ scopes: [Scope]
    ) async throws(ImageError) -> String {
        var query = scopes.map { ("scope", $0.text) }
        if let service { query.append(("service", service)) }
        let request: HTTPRequest
        if case .identityToken(let refreshToken) = credential {
            let form = [
                ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_id", "aerie"),
                ("service", service ?? ""), ("scope", scopes.map(\.text).joined(separator: " ")),
            ]
            request = HTTPRequest(
                .post, realm, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: HTTPBody(Array(URLQuery.encode(form).utf8)))
        } else {
            var headers: HTTPHeaders = [:]
            if case .password(let user, let password) = credential {
                headers["Authorization"] = Self.basic(user, password)
            }
            let separator = realm.contains("?") ? "&" : "?"
            request = HTTPRequest(.get, realm + separator + URLQuery.encode(query), headers: headers)
        }
        let status: Int
        let bytes: [UInt8]
        do {
            let response = try await transport.send(request)
            status = response.status
            bytes = try await response.collect(upTo: 1 << 20)
        } catch {
            throw ImageError(error, registry: endpoint.registry).during("asking the token service of the registry")
        }
        if status == 401 || status == 403 || status == 400 { throw refusal(endpoint, scopes) }
        guard (200..<300).contains(status) else {
            throw ImageError(
                .unavailable, "the token service of registry \(endpoint.registry) answers with status \(status)")
        }
        let document = try? JSONValue(parsing: bytes)
        guard let token = document?["token"]?.stringValue ?? document?["access_token"]?.stringValue else {
            throw ImageError(.unavailable, "the token service of registry \(endpoint.registry) answers without a token")
        }
        return token
    }
}
