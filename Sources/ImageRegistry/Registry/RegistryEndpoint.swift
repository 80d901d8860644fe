/// How a registry is spoken to.
struct RegistryEndpoint: Hashable, Sendable {
    /// As people write it in references.
    let registry: String
    /// Scheme, host and port, without a slash at the end.
    let base: String
    var isEncrypted: Bool { base.hasPrefix("https:") }

    /// - Parameter plainHTTP: Whether to speak http to a registry that is not on this machine.
    init(registry: String, plainHTTP: Bool) {
        self.registry = registry
        let host = registry == "docker.io" ? "registry-1.docker.io" : registry
        base = (plainHTTP || Self.isLoopback(registry) ? "http://" : "https://") + host
    }

    /// Registries on this machine have no certificates; every tool speaks http to them.
    static func isLoopback(_ registry: String) -> Bool {
        if registry.hasPrefix("[::1]") { return true }
        let host = registry.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    func url(_ repository: String, _ path: String) -> String { "\(base)/v2/\(repository)/\(path)" }

    /// The absolute URL that a `Location` means.
    ///
    /// - Throws: ``ImageError/Code/unavailable`` for one that would leave TLS.
    func resolve(_ location: String) throws(ImageError) -> String {
        if location.hasPrefix("https://") { return location }
        if location.hasPrefix("http://") {
            guard !isEncrypted else {
                throw ImageError(
                    .configuration,
                    "registry \(registry) sends uploads from https to \(location); a proxy in front of it has to pass on "
                        + "X-Forwarded-Proto")
            }
            return location
        }
        return base + (location.hasPrefix("/") ? "" : "/") + location
    }

    /// Whether credentials for the registry may go to the URL.
    func owns(_ url: String) -> Bool { url.hasPrefix(base + "/") }
}
