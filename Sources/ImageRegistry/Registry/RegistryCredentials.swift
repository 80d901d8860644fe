import FoundationEssentials
import KubernetesAPI

/// Who we are to which registry, as Docker's `config.json` and Kubernetes' `kubernetes.io/dockerconfigjson` secrets say.
///
/// Credential helpers are programs on somebody's laptop and are not run; a refused request names them.
public struct RegistryCredentials: Sendable {
    package enum Credential: Hashable, Sendable {
        case password(user: String, String)
        /// Exchanged for access tokens (OAuth 2 refresh token).
        case identityToken(String)
    }

    /// By registry, or registry and the beginning of a repository.
    private var credentials: [String: Credential] = [:]
    /// By registry; `nil` is the key of the helper for all of them.
    private var helpers: [String?: String] = [:]
    /// Where they were read from, for errors.
    let origin: String?

    public static let anonymous = RegistryCredentials(origin: nil)

    private init(origin: String?) { self.origin = origin }

    /// Reads a `config.json`.
    ///
    /// - Throws: ``ImageError/Code/configuration`` naming the file and the field.
    public init(parsing bytes: [UInt8], path: String) throws(ImageError) {
        origin = path
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw ImageError(.configuration, "\(path): \(error)")
        }
        for (key, entry) in document["auths"]?.objectValue ?? [:] {
            credentials[Self.normalized(key)] = try Self.credential(entry, field: "auths[\(key)]", path: path)
        }
        for (registry, helper) in document["credHelpers"]?.objectValue ?? [:] {
            helpers[registry] = helper.stringValue
        }
        helpers[nil] = document["credsStore"]?.stringValue
    }

    /// Finds the file in the places where people keep it.
    ///
    /// - Parameters:
    ///   - path: A file, or a directory with `config.json` or `.dockerconfigjson` (a mounted secret); `nil` looks at the
    ///     environment.
    ///   - environment: `DOCKER_CONFIG` names a directory; else it is `$HOME/.docker`. Without either: anonymous.
    /// - Throws: ``ImageError/Code/configuration`` when the file that was asked for is missing or wrong.
    public static func load(
        from path: String?, environment: [String: String]
    ) async throws(ImageError) -> RegistryCredentials {
        try await BlockingWork()() { () throws(ImageError) in
            if let path { return try read(path) }
            if let directory = environment["DOCKER_CONFIG"], !directory.isEmpty { return try read(directory) }
            let usual = "\(environment["HOME"] ?? "")/.docker/config.json"
            return try FileSystem.status(usual) == nil ? .anonymous : try read(usual)
        }
    }

    private static func read(_ path: String) throws(ImageError) -> RegistryCredentials {
        var candidates = [path]
        if try FileSystem.status(path, followingLink: true)?.kind == .directory {
            candidates = ["\(path)/config.json", "\(path)/.dockerconfigjson"]
        }
        for candidate in candidates where try FileSystem.status(candidate, followingLink: true) != nil {
            return try RegistryCredentials(parsing: try FileSystem.read(candidate, limit: 1 << 20), path: candidate)
        }
        throw ImageError(
            .configuration, "no registry credentials at \(candidates.joined(separator: " nor at ")): no such file")
    }

    /// The entry for a repository: the one with the longest matching key.
    package func credential(for registry: String, repository: String) -> Credential? {
        var key = "\(registry)/\(repository)"
        while true {
            if let credential = credentials[key] { return credential }
            guard let slash = key.lastIndex(of: "/") else { break }
            key = String(key[..<slash])
        }
        return registry == "docker.io" ? credentials["index.docker.io"] : nil
    }

    /// The program that would know, which we do not run.
    func helper(for registry: String) -> String? { helpers[registry] ?? helpers[nil] }

    private static func credential(
        _ entry: JSONValue, field: String, path: String
    ) throws(ImageError) -> Credential? {
        if let token = entry["identitytoken"]?.stringValue, !token.isEmpty { return .identityToken(token) }
        if let user = entry["username"]?.stringValue, let password = entry["password"]?.stringValue {
            return .password(user: user, password)
        }
        guard let encoded = entry["auth"]?.stringValue, !encoded.isEmpty else { return nil }
        guard let data = Data(base64Encoded: encoded), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { throw ImageError(.configuration, "\(path): \(field).auth is not the Base64 of user:password") }
        return .password(user: String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// Keys may be written as URLs, as in `https://index.docker.io/v1/`.
    private static func normalized(_ key: String) -> String {
        var key = key[...]
        for scheme in ["https://", "http://"] where key.hasPrefix(scheme) { key = key.dropFirst(scheme.count) }
        while key.hasSuffix("/") { key = key.dropLast() }
        for suffix in ["/v1", "/v2"] where key.hasSuffix(suffix) { key = key.dropLast(suffix.count) }
        return String(key)
    }
}
