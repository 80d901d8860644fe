import FoundationEssentials
import KubernetesAPI

/// How the identities lie in the Secret: `tls.crt` and `tls.key` as everyone expects, `ca.crt` is their authority.
extension CertificateRotation {
    /// Reads the Secret's `data`; what is damaged or missing is as if it had never been.
    init(secretData data: JSONValue) {
        func text(_ key: String) -> String? {
            guard let encoded = data[key]?.stringValue, let bytes = Data(base64Encoded: encoded), !bytes.isEmpty else {
                return nil
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        func identity(_ authority: String, _ certificate: String, _ key: String) -> ServingIdentity? {
            guard let authority = text(authority), let certificate = text(certificate), let key = text(key) else {
                return nil
            }
            return ServingIdentity(authority: authority, certificate: certificate, key: key)
        }
        self.init(
            current: identity("ca.crt", "tls.crt", "tls.key"),
            next: identity("next-ca.crt", "next-tls.crt", "next-tls.key"),
            previousAuthority: text("previous-ca.crt"))
    }

    /// The Secret's `data`.
    var secretData: JSONValue {
        func encoded(_ text: String?) -> JSONValue? {
            text.map { .string(Data($0.utf8).base64EncodedString()) }
        }
        return JSONValue(compacting: [
            "ca.crt": encoded(current?.authority), "tls.crt": encoded(current?.certificate),
            "tls.key": encoded(current?.key), "next-ca.crt": encoded(next?.authority),
            "next-tls.crt": encoded(next?.certificate), "next-tls.key": encoded(next?.key),
            "previous-ca.crt": encoded(previousAuthority),
        ])
    }
}
