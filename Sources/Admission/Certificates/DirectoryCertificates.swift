import FoundationEssentials

/// Certificates that somebody else makes, such as cert-manager, in a mounted folder: `tls.crt`, `tls.key`, `ca.crt`.
///
/// Read again each time, since a kubelet replaces the files when the Secret changes.
public struct DirectoryCertificates: CertificateSource {
    private let directory: URL

    public init(directory: String) { self.directory = URL(filePath: directory) }

    public func current() async throws -> ServedCertificate {
        // Without ca.crt whoever made the certificate also announces its authority.
        let authority = directory.appending(path: "ca.crt")
        let bundle = FileManager.default.fileExists(atPath: authority.path) ? try read("ca.crt") : nil
        return ServedCertificate(chain: try read("tls.crt"), key: try read("tls.key"), trustBundle: bundle)
    }

    private func read(_ name: String) throws -> String {
        let path = directory.appending(path: name)
        guard let data = FileManager.default.contents(atPath: path.path), !data.isEmpty else {
            throw CertificateUnavailable("\(path.path) cannot be read or is empty")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
