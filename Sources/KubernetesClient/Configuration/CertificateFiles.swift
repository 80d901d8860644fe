import HTTPTransport

/// A client certificate in two PEM files, which something renews now and then.
public struct CertificateFiles: Hashable, Sendable {
    public var chain: String
    public var privateKey: String

    public init(chain: String, privateKey: String) {
        self.chain = chain
        self.privateKey = privateKey
    }

    /// The certificate as it is now.
    func current() throws(ConfigurationError) -> TLSOptions.ClientCertificate {
        .init(
            chain: try readFile(chain, what: "client-certificate"),
            privateKey: try readFile(privateKey, what: "client-key"))
    }
}
