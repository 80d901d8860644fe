import FoundationEssentials
import HTTPTransport
public import KubernetesAPI

/// A kubeconfig: clusters, users and the contexts that pair them.
///
/// Made from a parsed document, so that this library does not know YAML; a kubeconfig that we write is JSON.
public struct Kubeconfig: Sendable {
    private struct Document: Decodable {
        var clusters: [NamedCluster]?
        var users: [NamedUser]?
        var contexts: [NamedContext]?
        var currentContext: String?

        enum CodingKeys: String, CodingKey {
            case clusters, users, contexts
            case currentContext = "current-context"
        }
    }

    private struct NamedCluster: Decodable {
        var name: String
        var cluster: Cluster
    }

    private struct NamedUser: Decodable {
        var name: String
        var user: User?
    }

    private struct NamedContext: Decodable {
        var name: String
        var context: Context
    }

    private struct Cluster: Decodable {
        var server: String?
        var authority: String?
        var authorityData: String?
        var skipsVerification: Bool?
        var proxyURL: String?
        var serverName: String?

        enum CodingKeys: String, CodingKey {
            case server
            case authority = "certificate-authority"
            case authorityData = "certificate-authority-data"
            case skipsVerification = "insecure-skip-tls-verify"
            case proxyURL = "proxy-url"
            case serverName = "tls-server-name"
        }
    }

    private struct User: Decodable {
        var certificate: String?
        var certificateData: String?
        var key: String?
        var keyData: String?
        var token: String?
        var tokenFile: String?
        var username: String?
        var exec: JSONValue?
        var authProvider: JSONValue?

        enum CodingKeys: String, CodingKey {
            case certificate = "client-certificate"
            case certificateData = "client-certificate-data"
            case key = "client-key"
            case keyData = "client-key-data"
            case authProvider = "auth-provider"
            case token, tokenFile, username, exec
        }
    }

    private struct Context: Decodable {
        var cluster: String
        var user: String?
        var namespace: String?
    }

    private let document: Document
    private let directory: String

    /// - Parameters:
    ///   - json: The parsed document.
    ///   - directory: Where the file lies; relative paths in it are relative to this.
    /// - Throws: ``ConfigurationError`` that names the field which is wrong.
    public init(_ json: JSONValue, directory: String) throws(ConfigurationError) {
        do {
            document = try json.decode(Document.self)
        } catch let error as DecodingError {
            throw ConfigurationError("the kubeconfig is not valid: \(error.sentence)")
        } catch {
            throw ConfigurationError("the kubeconfig is not valid: \(error)")
        }
        self.directory = directory
    }

    public var currentContext: String? { document.currentContext }

    public var contexts: [String] { document.contexts?.map(\.name) ?? [] }

    /// The configuration of a context, with its files read.
    ///
    /// - Parameter name: The current context by default.
    /// - Returns: What a client needs.
    /// - Throws: ``ConfigurationError`` for a name that is not there, a file that cannot be read, and credentials of a
    ///   kind that is not supported.
    public func configuration(context name: String? = nil) throws(ConfigurationError) -> ClientConfiguration {
        guard let name = name ?? document.currentContext, !name.isEmpty else {
            throw ConfigurationError("the kubeconfig has no current-context; name one of: \(list(contexts))")
        }
        guard let context = document.contexts?.first(where: { $0.name == name })?.context else {
            throw ConfigurationError("the kubeconfig has no context \"\(name)\"; it has: \(list(contexts))")
        }
        guard let cluster = document.clusters?.first(where: { $0.name == context.cluster })?.cluster else {
            throw ConfigurationError(
                "context \"\(name)\" names the cluster \"\(context.cluster)\", which the kubeconfig does not have")
        }
        guard let server = cluster.server, !server.isEmpty else {
            throw ConfigurationError("cluster \"\(context.cluster)\" has no server")
        }
        if cluster.proxyURL?.isEmpty == false || cluster.serverName?.isEmpty == false {
            throw ConfigurationError(
                "cluster \"\(context.cluster)\" uses proxy-url or tls-server-name, which are not supported")
        }
        var configuration = ClientConfiguration(server: server, namespace: context.namespace ?? "default")
        configuration.tls.skipsVerification = cluster.skipsVerification ?? false
        if let authority = try bytes(
            inline: cluster.authorityData, path: cluster.authority, field: "certificate-authority")
        {
            configuration.tls.trustRoots = .pem(authority)
        }
        if let userName = context.user, !userName.isEmpty {
            guard let named = document.users?.first(where: { $0.name == userName }) else {
                throw ConfigurationError(
                    "context \"\(name)\" names the user \"\(userName)\", which the kubeconfig does not have")
            }
            if let user = named.user { try apply(user, named: userName, to: &configuration) }
        }
        return configuration
    }

    private func apply(
        _ user: User, named name: String, to configuration: inout ClientConfiguration
    ) throws(ConfigurationError) {
        guard user.exec == nil, user.authProvider == nil, user.username == nil else {
            throw ConfigurationError(
                "user \"\(name)\" uses exec, auth-provider or a password; supported are token, tokenFile and client certificates"
            )
        }
        let certificate = try bytes(
            inline: user.certificateData, path: user.certificate, field: "client-certificate")
        let key = try bytes(inline: user.keyData, path: user.key, field: "client-key")
        switch (certificate, key) {
        case (let chain?, let privateKey?):
            configuration.tls.clientCertificate = .init(chain: chain, privateKey: privateKey)
        case (nil, nil): break
        default:
            throw ConfigurationError("user \"\(name)\" needs client-certificate and client-key together")
        }
        // As in kubectl, a file wins over a token that is written out.
        if let path = user.tokenFile, !path.isEmpty {
            configuration.token = .file(absolute(path))
        } else if let token = user.token, !token.isEmpty {
            configuration.token = .fixed(token)
        }
    }

    private func bytes(inline: String?, path: String?, field: String) throws(ConfigurationError) -> [UInt8]? {
        if let inline, !inline.isEmpty {
            guard let data = Data(base64Encoded: inline, options: .ignoreUnknownCharacters) else {
                throw ConfigurationError("\(field)-data is not base64")
            }
            return Array(data)
        }
        guard let path, !path.isEmpty else { return nil }
        return try readFile(absolute(path), what: field)
    }

    private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }

    private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}
