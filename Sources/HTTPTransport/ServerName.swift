import FoundationEssentials

/// Whom to expect at a host: what the host is called itself, or `tls-server-name` of a kubeconfig.
///
/// The HTTP library verifies a certificate against the host of the URL. So the URL gets the expected name, which is
/// mapped to where the server really is, and the `Host` header stays what it would have been.
public struct ServerName: Hashable, Sendable {
    /// The host as it stands in URLs: a name, or an address without brackets.
    public var host: String
    /// The DNS name that the certificate must have.
    public var expected: String

    /// - Throws: ``HTTPTransportError/Code/invalid`` for an address: certificates are looked up by name.
    public init(host: String, expected: String) throws(HTTPTransportError) {
        guard !Self.isAddress(expected) else {
            throw HTTPTransportError(.invalid, "the expected server name \(expected) is an address, not a DNS name")
        }
        self.host = host
        self.expected = expected
    }

    /// Whether certificates for this host are verified by address and not by name.
    public static func isAddress(_ host: String) -> Bool {
        // Names have letters; of addresses only those of IPv6 have, and those have colons.
        host.contains(":") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }

    /// Whether the library would compare a certificate with the address of whoever it is connected to.
    static func isAddress(ofHTTPS url: String) -> Bool {
        guard let components = URLComponents(string: url), components.scheme?.lowercased() == "https" else {
            return false
        }
        return isAddress(components.host ?? "")
    }

    /// What to ask for `url`, if it is of this server: the URL with the expected name, and the `Host` header.
    func applied(to url: String) -> (url: String, hostHeader: String)? {
        guard var components = URLComponents(string: url), let found = components.host else { return nil }
        guard found == host || found == "[\(host)]" else { return nil }
        let bracketed = host.contains(":") ? "[\(host)]" : host
        let header = components.port.map { "\(bracketed):\($0)" } ?? bracketed
        components.host = expected
        return components.string.map { ($0, header) }
    }
}
