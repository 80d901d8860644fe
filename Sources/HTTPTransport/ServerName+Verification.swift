import NIOCore
import NIOSSL

extension ServerName {
    /// Refuses a connection whose certificate does not have the expected name.
    ///
    /// The TLS library has checked the signatures by then. But it is content when a certificate has either the name or
    /// the address that it is connected to, and that address is the proxy's where there is one.
    ///
    /// - Parameter channel: After the handshake.
    /// - Returns: Fails with ``HTTPTransportError/Code/tls``; the channel closes then.
    func verify(_ channel: any Channel) -> EventLoopFuture<Void> {
        let verified = channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
            let names = certificate.map(Self.names) ?? []
            guard names.contains(where: matches) else {
                throw HTTPTransportError(
                    .tls,
                    "the certificate of \(host) is not for \(expected) but for "
                        + (names.isEmpty ? "no name at all" : names.joined(separator: ", ")))
            }
        }
        verified.whenFailure { _ in
            // After the pool has heard of the failure, since it takes a closed connection for one that was open.
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
        return verified
    }

    private static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().filter { $0.nameType == .dnsName }
            .map { String(decoding: $0.contents, as: UTF8.self) }
    }

    /// Whether a name of a certificate is the expected one; its first label may be a star (RFC 6125, section 6.4.3).
    private func matches(_ name: String) -> Bool {
        let wanted = expected.lowercased().split(separator: ".")
        let labels = name.lowercased().split(separator: ".")
        guard labels.count == wanted.count, labels.dropFirst() == wanted.dropFirst() else { return false }
        return labels.first == wanted.first || (labels.first == "*" && labels.count > 2)
    }
}
