/// What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, read as programs written in Go do.
///
/// - SeeAlso: The documentation of `ProxyFromEnvironment` in Go's `net/http`, which `kubectl` uses.
struct ProxyEnvironment {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// Which proxy a server is reached through, as the variable has it; `nil` for none.
    ///
    /// - Parameters:
    ///   - scheme: `https` or `http`, of the server.
    ///   - host: A name, or an address without brackets.
    ///   - port: Of the server.
    /// - Returns: The variable's name and a URL.
    func proxy(scheme: String, host: String, port: Int) -> (variable: String, url: String)? {
        guard let (name, value) = variable("\(scheme)_proxy"), !isExcepted(host: host.lowercased(), port: port) else {
            return nil
        }
        return (name, value.contains("://") ? value : "http://\(value)")
    }

    /// In upper case first.
    private func variable(_ name: String) -> (name: String, value: String)? {
        for name in [name.uppercased(), name] {
            if let value = environment[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }

    private func isExcepted(host: String, port: Int) -> Bool {
        let address = IPAddress(host)
        if host == "localhost" || address?.isLoopback == true { return true }
        let entries = (variable("no_proxy")?.value ?? "").split(separator: ",").map { Self.trimmed($0).lowercased() }
        return entries.contains { entry in Self.matches(entry, host: host, address: address, port: port) }
    }

    private static func trimmed(_ text: Substring) -> String {
        let kept = text.drop { $0.isWhitespace }
        return String(kept.reversed().drop { $0.isWhitespace }.reversed())
    }

    private static func matches(_ entry: String, host: String, address: IPAddress?, port: Int) -> Bool {
        if entry.isEmpty { return false }
        if entry == "*" { return true }
        let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let network = IPAddress(String(parts[0])), let length = Int(parts[1]) {
            return address?.isIn(network, prefix: length) ?? false
        }
        let (name, wantedPort) = split(entry)
        if let wantedPort, wantedPort != port { return false }
        if let excepted = IPAddress(name) { return excepted == address }
        let pattern = name.hasPrefix("*.") ? String(name.dropFirst()) : name
        if pattern.hasPrefix(".") { return host.hasSuffix(pattern) }
        return host == pattern || host.hasSuffix(".\(pattern)")
    }

    /// Takes a port off: `host:80`, `[fd00::1]:80`.
    private static func split(_ entry: String) -> (host: String, port: Int?) {
        if IPAddress(entry) != nil { return (entry, nil) }
        guard let colon = entry.lastIndex(of: ":"), let port = Int(entry[entry.index(after: colon)...]) else {
            return (entry, nil)
        }
        let host = entry[..<colon]
        return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host), port)
    }
}
