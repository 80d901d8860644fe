import FoundationEssentials
import HTTPTransport

/// The `server` of a cluster, taken apart.
struct ServerURL {
    var url: String
    var scheme: String
    /// A name, or an address without brackets.
    var host: String
    var port: Int

    /// - Parameters:
    ///   - text: A URL, or host and port.
    ///   - usesTLS: Whether host and port alone mean https, as certificates suggest.
    ///   - cluster: For messages.
    /// - Throws: ``ConfigurationError`` for anything else.
    init(_ text: String, usesTLS: Bool, cluster: String) throws(ConfigurationError) {
        let url = text.contains("://") ? text : "\(usesTLS ? "https" : "http")://\(text)"
        guard let components = URLComponents(string: url), let scheme = components.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty
        else {
            throw ConfigurationError(
                "\(cluster) has the server \"\(text)\", which is no URL such as https://10.0.0.1:6443")
        }
        self.url = url
        self.scheme = scheme
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = components.port ?? (scheme == "https" ? 443 : 80)
    }
}

extension ClientConfiguration {
    /// Sets how the server is reached, given what the cluster and the environment say about proxies and names.
    ///
    /// - Parameters:
    ///   - server: Of the cluster.
    ///   - proxyURL: The cluster's own; without it the environment counts.
    ///   - expectedName: Of the server's certificate.
    ///   - environment: The process' environment.
    ///   - cluster: For messages.
    /// - Throws: ``ConfigurationError`` for a proxy that cannot be used, and for a server whose certificate could not
    ///   be verified through it.
    mutating func route(
        to server: ServerURL, proxyURL: String?, expectedName: String?, environment: [String: String], cluster: String
    ) throws(ConfigurationError) {
        let name = expectedName.flatMap { $0.isEmpty ? nil : $0 }
        // Without a name of its own a host is expected to be what it is called.
        if server.scheme == "https", name != nil || !ServerName.isAddress(server.host) {
            do throws(HTTPTransportError) {
                serverName = try ServerName(host: server.host, expected: name ?? server.host)
            } catch {
                throw ConfigurationError("\(cluster) has an unusable tls-server-name: \(error.message)")
            }
        }
        let source: String
        if let proxyURL, !proxyURL.isEmpty {
            source = "proxy-url of \(cluster)"
            proxy = try Self.proxy(proxyURL, source: source)
        } else if let found = ProxyEnvironment(environment).proxy(
            scheme: server.scheme, host: server.host, port: server.port)
        {
            source = "the variable \(found.variable)"
            proxy = try Self.proxy(found.url, source: source)
        } else {
            return
        }
        // The HTTP library would compare the certificate with the address that it is connected to: the proxy's.
        if server.scheme == "https", !tls.skipsVerification, serverName == nil, ServerName.isAddress(server.host) {
            throw ConfigurationError(
                "\(cluster) has the server \(server.url), an address, behind a proxy (\(source)); "
                    + "set tls-server-name to a DNS name that the server's certificate has")
        }
    }

    private static func proxy(_ url: String, source: String) throws(ConfigurationError) -> HTTPProxy {
        do throws(HTTPTransportError) {
            return try HTTPProxy(url: url)
        } catch {
            throw ConfigurationError("\(source) cannot be used: \(error.message)")
        }
    }
}
