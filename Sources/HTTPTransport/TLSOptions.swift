import NIOSSL

/// Whom to trust and who we are, as PEM text.
public struct TLSOptions: Hashable, Sendable {
    public enum TrustRoots: Hashable, Sendable {
        /// The operating system's certificates.
        case system
        /// Only these certificates.
        case pem([UInt8])
    }

    /// Its text never shows the key.
    public struct ClientCertificate: Hashable, Sendable, CustomStringConvertible {
        /// The leaf first.
        public var chain: [UInt8]
        public var privateKey: [UInt8]

        public var description: String { "a client certificate" }

        public init(chain: [UInt8], privateKey: [UInt8]) {
            self.chain = chain
            self.privateKey = privateKey
        }
    }

    public var trustRoots: TrustRoots
    public var clientCertificate: ClientCertificate?
    /// Talks to anyone who answers; for tests and for people who asked for it.
    public var skipsVerification: Bool

    public init(
        trustRoots: TrustRoots = .system, clientCertificate: ClientCertificate? = nil, skipsVerification: Bool = false
    ) {
        self.trustRoots = trustRoots
        self.clientCertificate = clientCertificate
        self.skipsVerification = skipsVerification
    }

    func configuration() throws(HTTPTransportError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if skipsVerification { configuration.certificateVerification = .none }
        if case .pem(let bytes) = trustRoots {
            configuration.trustRoots = .certificates(
                try Self.reading("the certificate authority") { try NIOSSLCertificate.fromPEMBytes(bytes) })
        }
        if let clientCertificate {
            configuration.certificateChain = try Self.reading("the client certificate") {
                try NIOSSLCertificate.fromPEMBytes(clientCertificate.chain).map { .certificate($0) }
            }
            configuration.privateKey = .privateKey(
                try Self.reading("the client key") {
                    try NIOSSLPrivateKey(bytes: clientCertificate.privateKey, format: .pem)
                })
        }
        return configuration
    }

    private static func reading<T>(_ what: String, _ body: () throws -> T) throws(HTTPTransportError) -> T {
        do {
            return try body()
        } catch {
            throw HTTPTransportError(.invalid, "\(what) is not valid PEM: \(error)")
        }
    }
}
