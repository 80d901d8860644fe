import FoundationEssentials
import HTTPTransport
import KubernetesAPI

extension Kubeconfig.Entry<KubeconfigDocument.Cluster> {
    /// Where the server is and how to get there, without a user.
    func configuration(
        named name: String, environment: [String: String]
    ) throws(ConfigurationError) -> ClientConfiguration {
        let title = "cluster \"\(name)\""
        guard let text = value.server, !text.isEmpty else { throw ConfigurationError("\(title) has no server") }
        let authority = try bytes(inline: value.authorityData, path: value.authority, field: "certificate-authority")
        let skipsVerification = value.skipsVerification ?? false
        guard authority == nil || !skipsVerification else {
            throw ConfigurationError("\(title) has both a certificate-authority and insecure-skip-tls-verify; keep one")
        }
        let server = try ServerURL(text, usesTLS: authority != nil || skipsVerification, cluster: title)
        var configuration = ClientConfiguration(server: server.url)
        configuration.tls.skipsVerification = skipsVerification
        if let authority { configuration.tls.trustRoots = .pem(authority) }
        if skipsVerification {
            configuration.warnings.append(
                "insecure-skip-tls-verify of \(title): nobody checks that \(server.url) is the API server; "
                    + "whoever answers there can read the credentials and everything else")
        }
        try configuration.route(
            to: server, proxyURL: value.proxyURL, expectedName: value.serverName, environment: environment,
            cluster: title)
        return configuration
    }

    /// What a plugin is told when it asks for `provideClusterInfo`.
    func pluginInformation() throws(ConfigurationError) -> JSONValue {
        let authority = try bytes(inline: value.authorityData, path: value.authority, field: "certificate-authority")
        return JSONValue(compacting: [
            "server": value.server.map { .string($0) },
            "tls-server-name": value.serverName.map { .string($0) },
            "insecure-skip-tls-verify": value.skipsVerification.map { .bool($0) },
            "certificate-authority-data": authority.map { .string(Data($0).base64EncodedString()) },
            "proxy-url": value.proxyURL.map { .string($0) },
            "disable-compression": value.disablesCompression.map { .bool($0) },
            "config": value.extensions?.first { $0.name == "client.authentication.k8s.io/exec" }?.extension,
        ])
    }
}
