import HTTPTransport
import KubernetesAPI

extension Kubeconfig.Entry<KubeconfigDocument.User> {
    /// Adds the user's credentials.
    ///
    /// - Parameters:
    ///   - configuration: Of the user's cluster.
    ///   - name: For messages.
    ///   - environment: Passed on to plugins.
    ///   - cluster: For plugins that ask for it.
    /// - Throws: ``ConfigurationError`` for credentials of a kind that is not supported.
    func apply(
        to configuration: inout ClientConfiguration, named name: String, environment: [String: String],
        cluster: () throws(ConfigurationError) -> JSONValue
    ) throws(ConfigurationError) {
        if let field = value.unsupported {
            throw ConfigurationError(
                "user \"\(name)\" uses \(field); supported are token, tokenFile, client certificates and exec")
        }
        let certificate = try bytes(
            inline: value.certificateData, path: value.certificate, field: "client-certificate")
        let key = try bytes(inline: value.keyData, path: value.key, field: "client-key")
        switch (certificate, key) {
        case (let chain?, let privateKey?):
            configuration.tls.clientCertificate = .init(chain: chain, privateKey: privateKey)
            configuration.certificateFiles = certificateFiles
        case (nil, nil): break
        default:
            throw ConfigurationError("user \"\(name)\" needs client-certificate and client-key together")
        }
        // As in kubectl, a file wins over a token that is written out, and either over a plugin.
        if let path = value.tokenFile, !path.isEmpty {
            configuration.token = .file(absolute(path))
        } else if let token = value.token, !token.isEmpty {
            configuration.token = .fixed(token)
        }
        if let exec = value.exec {
            let plugin = try ExecPlugin(
                exec, user: name, directory: directory, environment: environment,
                cluster: exec.provideClusterInfo == true ? cluster() : nil)
            if configuration.token == .none { configuration.plugin = plugin }
        }
    }

    /// The certificate's files, if both parts are files.
    private var certificateFiles: CertificateFiles? {
        guard value.certificateData?.isEmpty ?? true, value.keyData?.isEmpty ?? true, let chain = value.certificate,
            let key = value.key
        else { return nil }
        return CertificateFiles(chain: absolute(chain), privateKey: absolute(key))
    }
}
