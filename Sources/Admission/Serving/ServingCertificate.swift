import NIOCore
import NIOSSL
import Synchronization

/// The certificate of the running server; every handshake asks for it anew, so that it can be replaced meanwhile.
final class ServingCertificate: Sendable {
    private struct Parts {
        var chain: [NIOSSLCertificateSource]
        var key: NIOSSLPrivateKeySource

        init(_ served: ServedCertificate) throws {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(served.chain.utf8)).map { .certificate($0) }
            key = .privateKey(try NIOSSLPrivateKey(bytes: Array(served.key.utf8), format: .pem))
        }
    }

    private let parts: Mutex<Parts>

    init(_ served: ServedCertificate) throws { parts = Mutex(try Parts(served)) }

    /// Connections that are open keep the old certificate.
    func replace(with served: ServedCertificate) throws {
        let new = try Parts(served)
        parts.withLock { $0 = new }
    }

    /// For a server that asks for no client certificates: API servers present none unless told to.
    var configuration: TLSConfiguration {
        let now = parts.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: now.chain, privateKey: now.key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.sslContextCallback = { [self] _, promise in
            let now = parts.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = now.chain
            override.privateKey = now.key
            promise.succeed(override)
        }
        return configuration
    }
}
