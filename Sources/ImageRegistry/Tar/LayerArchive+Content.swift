extension LayerArchive {
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
        for node in try FileTree.nodes(below: root) {
            let (path, source, status) = (node.path, node.source, node.status)
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
        for node in try FileTree.nodes(below: directory) {
            let path = "\(prefix)/\(node.path)"
            switch node.status.kind {
            case .directory: members.append(Member(entry: TarEntry(path: path, kind: .directory)))
            case .file:
                members.append(Member(entry: TarEntry(path: path, size: node.status.size), source: node.source))
            case .symbolicLink, .other:
                throw ImageError(.invalidContent, "\(node.source) is not a plain file; a SavedModel has only files")
            }
        }
        return LayerArchive(members: members)
    }

    private struct FileIdentity: Hashable {
        var device: UInt64
        var inode: UInt64
    }
}
