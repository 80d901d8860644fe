/// One member of a tar archive, without its content.
public struct TarEntry: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case file
        case directory
        case symbolicLink(target: String)
        /// Another name of a file that came earlier in the archive.
        case hardLink(target: String)
        case characterDevice(major: Int, minor: Int)
        case blockDevice(major: Int, minor: Int)
        case pipe
    }

    /// As in the archive: usually relative, of a directory with or without a slash at its end.
    public var path: String
    public var kind: Kind
    /// Permission bits, `0o7777` at most.
    public var mode: UInt32
    public var userID: Int
    public var groupID: Int
    /// Bytes of content that follow; 0 for everything but files.
    public var size: Int64

    public init(
        path: String, kind: Kind = .file, mode: UInt32? = nil, userID: Int = 0, groupID: Int = 0, size: Int64 = 0
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode ?? (kind == .directory ? 0o755 : 0o644)
        self.userID = userID
        self.groupID = groupID
        self.size = size
    }

    /// Archives consist of blocks of this many bytes.
    static let blockSize = 512

    /// What stands in an archive in front of the content.
    package var headerBytes: [UInt8] { TarHeader(self).bytes }

    /// Zeros that follow content of this size up to the next block.
    static func padding(after size: Int64) -> Int { Int((512 - size % 512) % 512) }

    /// Two empty blocks end an archive.
    static let trailer = [UInt8](repeating: 0, count: 2 * blockSize)
}
