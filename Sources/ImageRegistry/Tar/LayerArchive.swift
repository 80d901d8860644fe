/// A layer that is made while it is read: names, sizes and permissions are known, contents stay on disk.
///
/// Members are sorted by the bytes of their paths, times are zero and owners as given, so the same files always give the
/// same bytes. The contents are read once for the digest and once more for every upload; a file that changes in between
/// is found out.
public struct LayerArchive: Sendable {
    /// Who owns a path and all that is below it.
    public struct Owner: Hashable, Sendable {
        /// Relative to the root, with or without a slash in front.
        public var path: String
        public var userID: Int
        public var groupID: Int

        public init(path: String, userID: Int, groupID: Int) {
            self.path = path
            self.userID = userID
            self.groupID = groupID
        }

        func owns(_ member: String) -> Bool {
            let path = path.split(separator: "/").joined(separator: "/")
            return member == path || member.hasPrefix(path + "/")
        }
    }

    struct Member: Sendable {
        var entry: TarEntry
        /// Where the content is, for files.
        var source: String?
    }

    let members: [Member]
    /// Bytes of the whole archive.
    public let size: Int64

    init(members: [Member]) {
        self.members = members.sorted { $0.entry.path.utf8.lexicographicallyPrecedes($1.entry.path.utf8) }
        size = members.reduce(Int64(TarEntry.trailer.count)) { $0 + TarHeader($1.entry).sizeWithContent }
    }
}
