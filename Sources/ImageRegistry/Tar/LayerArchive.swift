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

    /// A whole file system: permissions, symbolic links and hard links as they are.
    ///
    /// Owners do not come from the disk, where they depend on who copied the files.
    ///
    /// - Parameters:
    ///   - root: The directory that becomes `/`.
    ///   - owners: The last one that names a path counts; root owns what none of them names.
    /// - Throws: ``ImageError/Code/unsupported`` for devices, pipes and sockets.
    public static func fileSystem(at root: String, owners: [Owner] = []) async throws(ImageError) -> LayerArchive {
        try await BlockingWork()() { () throws(ImageError) in try readFileSystem(at: root, owners: owners) }
    }

    private static func readFileSystem(at root: String, owners: [Owner]) throws(ImageError) -> LayerArchive {
        var members: [Member] = []
        var links: [FileIdentity: String] = [:]
        try walk(root) { (path, source, status) throws(ImageError) in
            let owner = owners.last { $0.owns(path) }
            var entry = TarEntry(
                path: path, mode: status.mode, userID: owner?.userID ?? 0, groupID: owner?.groupID ?? 0)
            switch status.kind {
            case .directory: entry.kind = .directory
            case .symbolicLink: entry.kind = .symbolicLink(target: try FileSystem.linkTarget(source))
            case .file:
                let identity = FileIdentity(device: status.device, inode: status.inode)
                if status.linkCount > 1, let first = links[identity] {
                    entry.kind = .hardLink(target: first)
                } else {
                    links[identity] = path
                    entry.size = status.size
                }
            case .other:
                throw ImageError(.unsupported, "\(source) is a device, a pipe or a socket, which no layer should hold")
            }
            members.append(Member(entry: entry, source: entry.kind == .file ? source : nil))
        }
        return LayerArchive(members: members)
    }

    /// A SavedModel as the serving image wants it: `/models/<name>/<version>/…`.
    ///
    /// Files get permissions 0644 and directories 0755 whatever the umask of the export was.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` when the directory holds no SavedModel or anything but files.
    public static func model(
        at directory: String, name: String, version: Int
    ) async throws(ImageError) -> LayerArchive {
        try await BlockingWork()() { () throws(ImageError) in
            try readModel(at: directory, name: name, version: version)
        }
    }

    private static func readModel(at directory: String, name: String, version: Int) throws(ImageError) -> LayerArchive {
        guard try FileSystem.status("\(directory)/saved_model.pb")?.kind == .file else {
            throw ImageError(.invalidContent, "\(directory) is not a SavedModel: it has no file saved_model.pb")
        }
        let prefix = "models/\(name)/\(version)"
        var members = ["models", "models/\(name)", prefix].map { Member(entry: TarEntry(path: $0, kind: .directory)) }
        try walk(directory) { (path, source, status) throws(ImageError) in
            switch status.kind {
            case .directory: members.append(Member(entry: TarEntry(path: "\(prefix)/\(path)", kind: .directory)))
            case .file:
                members.append(Member(entry: TarEntry(path: "\(prefix)/\(path)", size: status.size), source: source))
            case .symbolicLink, .other:
                throw ImageError(.invalidContent, "\(source) is not a plain file; a SavedModel has only files")
            }
        }
        return LayerArchive(members: members)
    }

    private struct FileIdentity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Visits all that is below a directory, parents first.
    private static func walk(
        _ root: String, _ visit: (_ path: String, _ source: String, FileSystem.Status) throws(ImageError) -> Void
    ) throws(ImageError) {
        var directories = [""]
        while let directory = directories.popLast() {
            let source = directory.isEmpty ? root : "\(root)/\(directory)"
            for name in try FileSystem.names(in: source) {
                let path = directory.isEmpty ? name : "\(directory)/\(name)"
                guard let status = try FileSystem.status("\(root)/\(path)") else {
                    throw ImageError(.fileSystem, "\(root)/\(path) disappeared while it was read")
                }
                try visit(path, "\(root)/\(path)", status)
                if status.kind == .directory { directories.append(path) }
            }
        }
    }
}
