/// Where the webhook's certificate comes from.
public protocol CertificateSource: Sendable {
    /// The identity to serve with now, and what API servers shall trust.
    ///
    /// Asked again and again; rotates what is due.
    func current() async throws -> ServedCertificate
}

/// A certificate chain with its key, and the authorities to announce.
public struct ServedCertificate: Hashable, Sendable {
    /// PEM.
    public var chain: String
    /// PEM.
    public var key: String
    /// PEM; `nil` where somebody else tells API servers whom to trust.
    public var trustBundle: String?

    public init(chain: String, key: String, trustBundle: String?) {
        self.chain = chain
        self.key = key
        self.trustBundle = trustBundle
    }
}

/// Why there is no certificate; the message says what to do.
public struct CertificateUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
