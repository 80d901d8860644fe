import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// The authority that signs every certificate of one local cluster.
struct CertificateAuthority {
    private static let validity: TimeInterval = 10 * 365 * 86_400

    let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// What a certificate lets its holder do.
    enum Role {
        /// Serve TLS under these names and IPv4 addresses.
        case server(names: [String], addresses: [String])
        case client
    }

    /// A certificate with its key, both as PEM.
    struct Identity {
        var certificate: String
        var key: String
    }

    /// Makes a new authority with a P-256 key.
    init(name: String, now: Date) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        self.key = key
        let subject = try DistinguishedName { CommonName(name) }
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            // Clocks of one machine agree; an hour covers a clock that is set back later.
            notValidBefore: now.addingTimeInterval(-3_600), notValidAfter: now.addingTimeInterval(Self.validity),
            issuer: subject, subject: subject,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key)
    }

    init(certificate: String, key: String) throws {
        self.certificate = try Certificate(pemEncoded: certificate)
        self.key = try Certificate.PrivateKey(pemEncoded: key)
    }

    /// The authority's own certificate and key.
    var identity: Identity {
        get throws {
            Identity(certificate: try certificate.serializeAsPEM().pemString, key: try key.serializeAsPEM().pemString)
        }
    }

    /// Signs a certificate for a new P-256 key.
    ///
    /// - Parameters:
    ///   - name: Kubernetes reads it as the user's name.
    ///   - group: Kubernetes reads it as the user's group.
    func issue(name: String, group: String? = nil, role: Role, now: Date) throws -> Identity {
        let subjectKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName {
            if let group { OrganizationName(group) }
            CommonName(name)
        }
        let (usage, alternatives): (ExtendedKeyUsage.Usage, [GeneralName]) =
            switch role {
            case .client: (.clientAuth, [])
            case .server(let names, let addresses):
                (.serverAuth, names.map(GeneralName.dnsName) + addresses.compactMap(GeneralName.init(IPv4:)))
            }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: subjectKey.publicKey,
            notValidBefore: now.addingTimeInterval(-3_600), notValidAfter: now.addingTimeInterval(Self.validity),
            issuer: self.certificate.subject, subject: subject,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: self.certificate.publicKey).keyIdentifier)
                if !alternatives.isEmpty { SubjectAlternativeNames(alternatives) }
            },
            issuerPrivateKey: key)
        return Identity(
            certificate: try certificate.serializeAsPEM().pemString, key: try subjectKey.serializeAsPEM().pemString)
    }
}

extension GeneralName {
    fileprivate init?(IPv4 address: String) {
        let octets = address.split(separator: ".").compactMap { UInt8($0) }
        guard octets.count == 4 else { return nil }
        self = .ipAddress(ASN1OctetString(contentBytes: octets[...]))
    }
}
