/// All that is below a directory.
enum FileTree {
    struct Node {
        /// Relative to the directory.
        var path: String
        var source: String
        var status: FileSystem.Status
    }

    /// Sorted by the bytes of the paths, so parents come first.
    static func nodes(below root: String) throws(ImageError) -> [Node] {
        var nodes: [Node] = []
        var directories = [""]
        while let directory = directories.popLast() {
            for name in try FileSystem.names(in: "\(root)/\(directory)") {
                let path = directory.isEmpty ? name : "\(directory)/\(name)"
                let source = "\(root)/\(path)"
                guard let status = try FileSystem.status(source) else {
                    throw ImageError(.fileSystem, "\(source) disappeared while it was read")
                }
                nodes.append(Node(path: path, source: source, status: status))
                if status.kind == .directory { directories.append(path) }
            }
        }
        return nodes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}
