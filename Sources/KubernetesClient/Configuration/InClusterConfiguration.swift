import FoundationEssentials
import HTTPTransport

extension ClientConfiguration {
    /// The configuration that every pod with a service account finds in its own file system.
    ///
    /// - Parameters:
    ///   - environment: Says where the API server is: `KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT`.
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
        return ClientConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            namespace: String(decoding: namespace.filter { $0 > 0x20 }, as: UTF8.self),
            tls: TLSOptions(
                trustRoots: .pem(try readFile("\(directory)/ca.crt", what: "the cluster's certificate authority"))),
            token: token)
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
