import KubernetesAPI

/// One kubeconfig file as it is written.
struct KubeconfigDocument: Decodable {
    var clusters: [NamedCluster]?
    var users: [NamedUser]?
    var contexts: [NamedContext]?
    var currentContext: String?

    enum CodingKeys: String, CodingKey {
        case clusters, users, contexts
        case currentContext = "current-context"
    }

    struct NamedCluster: Decodable {
        var name: String
        var cluster: Cluster
    }

    struct NamedUser: Decodable {
        var name: String
        var user: User?
    }

    struct NamedContext: Decodable {
        var name: String
        var context: Context
    }

    struct Cluster: Decodable {
        var server: String?
        var authority: String?
        var authorityData: String?
        var skipsVerification: Bool?
        var proxyURL: String?
        var serverName: String?
        var disablesCompression: Bool?
        var extensions: [Extension]?

        enum CodingKeys: String, CodingKey {
            case server, extensions
            case authority = "certificate-authority"
            case authorityData = "certificate-authority-data"
            case skipsVerification = "insecure-skip-tls-verify"
            case proxyURL = "proxy-url"
            case serverName = "tls-server-name"
            case disablesCompression = "disable-compression"
        }
    }

    struct Extension: Decodable {
        var name: String
        var `extension`: JSONValue?
    }

    struct User: Decodable {
        var certificate: String?
        var certificateData: String?
        var key: String?
        var keyData: String?
        var token: String?
        var tokenFile: String?
        var username: String?
        var exec: Exec?
        var authProvider: JSONValue?
        var impersonatedUser: String?
        var impersonatedGroups: [String]?
        var impersonatedUID: String?
        var impersonatedExtra: JSONValue?

        enum CodingKeys: String, CodingKey {
            case certificate = "client-certificate"
            case certificateData = "client-certificate-data"
            case key = "client-key"
            case keyData = "client-key-data"
            case authProvider = "auth-provider"
            case impersonatedUser = "as"
            case impersonatedGroups = "as-groups"
            case impersonatedUID = "as-uid"
            case impersonatedExtra = "as-user-extra"
            case token, tokenFile, username, exec
        }

        /// The field that makes this user unusable, and what to do instead.
        var unsupported: String? {
            if authProvider != nil { return "auth-provider, which was replaced by exec" }
            if username?.isEmpty == false { return "a password, which Kubernetes does not take since release 1.19" }
            let isImpersonating =
                impersonatedUser?.isEmpty == false || impersonatedGroups?.isEmpty == false
                || impersonatedUID?.isEmpty == false || impersonatedExtra != nil
            return isImpersonating ? "impersonation (as, as-groups, as-uid, as-user-extra)" : nil
        }
    }

    struct Exec: Decodable {
        var command: String?
        var args: [String]?
        var env: [Variable]?
        var apiVersion: String?
        var installHint: String?
        var provideClusterInfo: Bool?
        var interactiveMode: String?
    }

    struct Variable: Decodable {
        var name: String
        var value: String?
    }

    struct Context: Decodable {
        var cluster: String
        var user: String?
        var namespace: String?
    }
}
