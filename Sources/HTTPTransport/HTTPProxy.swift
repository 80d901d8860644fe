import FoundationEssentials

/// A proxy that connections are made through; TLS is between us and the server, the proxy sees only its address.
public struct HTTPProxy: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// `CONNECT` over plain HTTP, for https and http servers alike.
        case http
        /// SOCKS version 5 without a password; names are resolved by the proxy.
        case socks5
    }

    /// Their text never shows the password.
    public struct Credentials: Hashable, Sendable, CustomStringConvertible {
        public var user: String
        public var password: String

        public var description: String { "the password of \(user)" }

        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    public var kind: Kind
    public var host: String
    public var port: Int
    /// Sent to the proxy as `Proxy-Authorization`; only of ``Kind/http``.
    public var credentials: Credentials?

    public init(_ kind: Kind, host: String, port: Int, credentials: Credentials? = nil) {
        self.kind = kind
        self.host = host
        self.port = port
        self.credentials = credentials
    }

    /// Reads `http://[user:password@]host[:port]`, `socks5://host[:port]` or `socks5h://host[:port]`.
    ///
    /// - Throws: ``HTTPTransportError/Code/invalid`` that says why, without showing a password.
    public init(url: String) throws(HTTPTransportError) {
        guard let components = URLComponents(string: url), let scheme = components.scheme?.lowercased(),
            let host = components.host?.trimmingBrackets, !host.isEmpty
        else { throw HTTPTransportError(.invalid, "it is no URL such as http://host:port or socks5://host:port") }
        switch scheme {
        case "http": self.init(.http, host: host, port: components.port ?? 80)
        case "socks5", "socks5h": self.init(.socks5, host: host, port: components.port ?? 1_080)
        case "https":
            throw HTTPTransportError(
                .invalid,
                "a proxy that is itself reached over TLS (https://\(host)) is not supported; use its http:// or socks5:// port"
            )
        default:
            throw HTTPTransportError(.invalid, "the scheme \"\(scheme)\" is none of http and socks5")
        }
        guard let user = components.user, !user.isEmpty else { return }
        guard kind == .http else {
            throw HTTPTransportError(.invalid, "a password for a socks5 proxy is not supported")
        }
        credentials = Credentials(user: user, password: components.password ?? "")
    }

    /// For messages; without the password.
    public var description: String {
        "\(kind == .http ? "http" : "socks5")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

extension String {
    /// An IPv6 address without the brackets that it has in a URL.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
