import FoundationEssentials
import HTTPTransport

extension ClientConfiguration {
    /// The configuration that every pod with a service account finds in its own file system.
    ///
    /// - Parameters:
    ///   - environment: Says where the API server is: `KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT`. A proxy that
    ///     it names is used unless `NO_PROXY` excepts the address.
    ///   - directory: Holds `token`, `ca.crt` and `namespace`.
    /// - Returns: A configuration whose token follows rotations.
    /// - Throws: ``ConfigurationError`` outside a pod.
    public static func inCluster(
        environment: [String: String], directory: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(ConfigurationError) -> ClientConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"],
            !host.isEmpty, !port.isEmpty
        else {
            throw ConfigurationError(
                "not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; give a kubeconfig")
        }
        let token = TokenSource.file("\(directory)/token")
        _ = try token.current()
        let namespace = try readFile("\(directory)/namespace", what: "the pod's namespace")
        let address = "https://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        var configuration = ClientConfiguration(
            server: address, namespace: String(decoding: namespace.filter { $0 > 0x20 }, as: UTF8.self),
            tls: TLSOptions(
                trustRoots: .pem(try readFile("\(directory)/ca.crt", what: "the cluster's certificate authority"))),
            token: token)
        let server = try ServerURL(address, usesTLS: true, cluster: "the cluster of this pod")
        // The variable holds an address. Behind a proxy a name is needed, and every API server has this one.
        let isProxied =
            ProxyEnvironment(environment).proxy(scheme: "https", host: server.host, port: server.port) != nil
        try configuration.route(
            to: server, proxyURL: nil, expectedName: isProxied ? "kubernetes.default.svc" : nil,
            environment: environment, cluster: "the cluster of this pod")
        return configuration
    }
}

private func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile: "there is no such file"
    case .fileReadNoPermission: "permission denied"
    default: "\(error)"
    }
}

/// Reads a small file whole.
func readFile(_ path: String, what: String) throws(ConfigurationError) -> [UInt8] {
    do {
        return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
        throw ConfigurationError("cannot read \(what), \(path): \(reason(error))")
    }
}
