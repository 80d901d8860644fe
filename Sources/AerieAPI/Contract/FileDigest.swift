/// One file of a dataset or a checkpoint, as it enters their digest.
public struct FileDigest: Codable, Hashable, Sendable {
    public var name: String
    /// In bytes.
    public var size: Int
    /// 64 hexadecimal digits.
    public var sha256: String

    public init(name: String, size: Int, sha256: String) {
        self.name = name
        self.size = size
        self.sha256 = sha256
    }

    /// The text whose SHA-256 is the digest of these files together: one line a file, sorted by the bytes of the name.
    public static func list(_ files: [FileDigest]) -> String {
        files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { "\($0.sha256)  \($0.size)  \($0.name)\n" }
            .joined()
    }
}
