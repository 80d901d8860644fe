/// Where an image is: `registry/repository:tag@digest`.
///
/// The registry is always written out; there is no default one. A digest decides over a tag.
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// Host and optional port, as in `localhost:5000`.
    public var registry: String
    public var repository: String
    public var tag: String?
    public var digest: Digest?

    public init(registry: String, repository: String, tag: String? = nil, digest: Digest? = nil) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// Parses a reference; without tag and digest the tag is `latest`.
    ///
    /// - Throws: ``ImageError/Code/invalidReference``, saying which part is wrong.
    public init(parsing text: String) throws(ImageError) {
        func wrong(_ problem: String) -> ImageError {
            ImageError(.invalidReference, "image reference '\(text)' \(problem)")
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw wrong("has more than one '@'") }
        if parts.count == 2 {
            do { digest = try Digest(parts[1]) } catch { throw wrong("has a wrong digest: \(error)") }
        }
        guard let slash = parts[0].firstIndex(of: "/") else { throw wrong(Self.withoutRegistry) }
        registry = String(parts[0][..<slash])
        guard Self.isRegistry(registry) else { throw wrong(Self.withoutRegistry) }

        var path = parts[0][parts[0].index(after: slash)...]
        if let colon = path.lastIndex(of: ":") {
            let tag = path[path.index(after: colon)...]
            guard Self.isTag(tag) else {
                throw wrong("has the tag '\(tag)'; a tag has 1 to 128 letters, digits, '_', '.' and '-'")
            }
            self.tag = String(tag)
            path = path[..<colon]
        }
        repository = String(path)
        guard Self.isRepository(repository) else {
            throw wrong(
                "has the repository '\(repository)'; a repository has lowercase letters and digits, joined by '.', "
                    + "'_', '-' and '/'")
        }
        if tag == nil, digest == nil { tag = "latest" }
    }

    private static let withoutRegistry =
        "names no registry; write it as registry/repository:tag, for example registry.example.com/models/landsat:1"

    /// What to ask a registry for: the digest where there is one, else the tag.
    public var tagOrDigest: String { digest?.description ?? tag ?? "latest" }

    /// Registry and repository, without tag and digest.
    public var name: String { "\(registry)/\(repository)" }

    public var description: String { name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// The same image by digest alone, which never changes its meaning.
    public func pinned(to digest: Digest) -> ImageReference {
        ImageReference(registry: registry, repository: repository, digest: digest)
    }

    /// A first component is a registry if it can be nothing else: it has a dot or a port, or is `localhost`.
    private static func isRegistry(_ text: String) -> Bool {
        guard text == "localhost" || text.contains(".") || text.contains(":") else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || ".-:[]".utf8.contains($0) }
    }

    private static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, isAlphanumeric(first) || first == UInt8(ascii: "_")
        else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    private static func isRepository(_ text: String) -> Bool {
        guard text.utf8.count <= 255 else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { component in
            guard let first = component.utf8.first, let last = component.utf8.last else { return false }
            return isLowercaseAlphanumeric(first) && isLowercaseAlphanumeric(last)
                && component.utf8.allSatisfy { isLowercaseAlphanumeric($0) || "._-".utf8.contains($0) }
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowercaseAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isLowercaseAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
