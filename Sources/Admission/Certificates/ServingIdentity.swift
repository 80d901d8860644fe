import Crypto
public import FoundationEssentials
import SwiftASN1
import X509

/// A certificate for the webhook, its key, and the authority that signed it and nothing else.
///
/// The authority's key is forgotten as soon as it has signed: whoever gets hold of the stored identity can play this
/// webhook until the certificate ends, and cannot make another certificate.
public struct ServingIdentity: Hashable, Sendable {
    /// Certificates and key as PEM.
    public var authority: String
    public var certificate: String
    public var key: String

    public init(authority: String, certificate: String, key: String) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }

    /// Makes an authority, a key and a certificate.
    ///
    /// - Parameters:
    ///   - hosts: DNS names and IPv4 addresses at which API servers reach the webhook.
    ///   - now: The wall clock. Certificates hold from an hour before, for clocks that lag.
    ///   - validity: Seconds until they end.
    public init(hosts: [String], now: Date, validity: TimeInterval) throws {
        let (begin, end) = (now.addingTimeInterval(-3_600), now.addingTimeInterval(validity))
        let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let serial = Certificate.SerialNumber()
        // Each authority has a name of its own: two of one name and different keys confuse verifiers.
        let issuer = try DistinguishedName {
            OrganizationName("aerie.dev")
            CommonName("Aerie webhook authority \(Int64(now.timeIntervalSince1970))")
        }
        let authority = try Certificate(
            version: .v3, serialNumber: serial, publicKey: authorityKey.publicKey, notValidBefore: begin,
            notValidAfter: end, issuer: issuer, subject: issuer,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                SubjectKeyIdentifier(hash: authorityKey.publicKey)
            }, issuerPrivateKey: authorityKey)
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey, notValidBefore: begin,
            notValidAfter: end, issuer: issuer,
            subject: try DistinguishedName { CommonName("aerie-webhook") },
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: authorityKey.publicKey).keyIdentifier)
                SubjectAlternativeNames(hosts.map(GeneralName.init(host:)))
            }, issuerPrivateKey: authorityKey)
        self.init(
            authority: try authority.serializeAsPEM().pemString,
            certificate: try certificate.serializeAsPEM().pemString,
            key: try key.serializeAsPEM().pemString)
    }

    /// When the certificate begins and ends, and for which hosts it stands.
    ///
    /// - Throws: when it cannot be read.
    func facts() throws -> CertificateFacts { try CertificateFacts(pem: certificate) }
}

/// What the rotation needs to know about a certificate.
struct CertificateFacts: Hashable, Sendable {
    var begin: Date
    var end: Date
    var hosts: Set<String>

    init(pem: String) throws {
        let certificate = try Certificate(pemEncoded: pem)
        begin = certificate.notValidBefore
        end = certificate.notValidAfter
        hosts = []
        for name in try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames([]) {
            switch name {
            case .dnsName(let host): hosts.insert(host)
            case .ipAddress(let octets): hosts.insert(octets.bytes.map { "\($0)" }.joined(separator: "."))
            default: break
            }
        }
    }
}

extension GeneralName {
    /// An IPv4 address where the text is one, else a DNS name.
    fileprivate init(host: String) {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { UInt8($0) }
        if parts.count == 4, octets.count == 4 {
            self = .ipAddress(ASN1OctetString(contentBytes: octets[...]))
        } else {
            self = .dnsName(host)
        }
    }
}
