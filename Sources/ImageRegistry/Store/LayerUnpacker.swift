import Glibc

/// Applies layers to a directory, member by member.
///
/// Files get the permissions of their members, and their owners when this process is root; devices and pipes are left
/// out, since whoever runs the image gives it its own `/dev`. All calls block.
///
/// - SeeAlso: `layer.md` of the OCI image specification, about whiteouts.
struct LayerUnpacker {
    private struct Attributes {
        var mode: UInt32
        var userID: Int
        var groupID: Int
    }

    private var root: RootDirectory
    private var parser = TarParser()
    /// The file whose content is arriving.
    private var file: OpenFile?
    private var fileEntry: TarEntry?
    /// What this layer made, and the directories above, which whiteouts of the same layer leave alone.
    private var touched: Set<String> = []
    /// Set at the end, since a directory may be one that nobody may write to.
    private var directories: [(components: [String], Attributes)] = []
    private let setsOwners = geteuid() == 0

    init(root: String) { self.root = RootDirectory(path: root) }

    /// Takes the next bytes of a layer's archive.
    mutating func consume(_ bytes: ArraySlice<UInt8>) throws(ImageError) {
        // The parser is moved out so that its events may change the rest of this value.
        var parser = self.parser
        try parser.consume(bytes) { (event) throws(ImageError) in
            switch event {
            case .entry(let entry): try begin(entry)
            case .content(let content): try file?.write(content)
            case .endOfEntry: try end()
            }
        }
        self.parser = parser
    }

    /// Ends a layer; another may follow.
    mutating func finishLayer() throws(ImageError) {
        try parser.finish()
        parser = TarParser()
        touched = []
    }

    /// Ends the last layer.
    func finish() throws(ImageError) {
        for (components, attributes) in directories.reversed() {
            // A later layer may have put something else there.
            guard let path = try root.plainDirectory(components) else { continue }
            try set(attributes, on: try OpenFile(directory: path))
        }
    }

    private func set(_ attributes: Attributes, on file: OpenFile) throws(ImageError) {
        if setsOwners { try file.setOwner(userID: attributes.userID, groupID: attributes.groupID) }
        try file.setMode(attributes.mode)
    }

    private mutating func begin(_ entry: TarEntry) throws(ImageError) {
        var components = try RootDirectory.components(of: entry.path)
        let attributes = Attributes(mode: entry.mode, userID: entry.userID, groupID: entry.groupID)
        guard let name = components.popLast() else {
            if entry.kind == .directory { directories.append(([], attributes)) }
            return
        }
        let parent = try root.directory(components)
        if name.hasPrefix(".wh.") { return try whiteOut(name, in: parent) }
        let path = "\(parent)/\(name)"
        touch(path)
        switch entry.kind {
        case .directory:
            try makeDirectory(path)
            directories.append((components + [name], attributes))
        case .file:
            try clear(path)
            file = try OpenFile(creating: path, mode: 0o600)
            fileEntry = entry
        case .symbolicLink(let target):
            try clear(path)
            guard symlink(target, path) == 0 else { throw FileSystem.failure("make the link", path) }
            if setsOwners {
                lchown(path, uid_t(truncatingIfNeeded: entry.userID), gid_t(truncatingIfNeeded: entry.groupID))
            }
            root.forget()
        case .hardLink(let target): try makeHardLink(path, to: target)
        case .characterDevice, .blockDevice, .pipe: return
        }
    }

    private mutating func end() throws(ImageError) {
        guard let file, let entry = fileEntry else { return }
        try set(Attributes(mode: entry.mode, userID: entry.userID, groupID: entry.groupID), on: file)
        self.file = nil
        fileEntry = nil
    }

    private mutating func makeDirectory(_ path: String) throws(ImageError) {
        if try FileSystem.status(path)?.kind == .directory { return }
        try clear(path)
        try FileSystem.makeDirectories(path)
    }

    private mutating func makeHardLink(_ path: String, to target: String) throws(ImageError) {
        var components = try RootDirectory.components(of: target)
        guard let name = components.popLast() else {
            throw ImageError(.invalidContent, "the layer links \(path) to the root directory")
        }
        let source = "\(try root.directory(components))/\(name)"
        guard let kind = try FileSystem.status(source)?.kind, kind != .directory else {
            throw ImageError(.invalidContent, "the layer links \(path) to '\(target)', which is no file of the image")
        }
        guard source != path else { return }
        try clear(path)
        guard link(source, path) == 0 else { throw FileSystem.failure("make the link", path) }
    }

    /// Removes what a lower layer, or an earlier member, has at the path.
    private mutating func clear(_ path: String) throws(ImageError) {
        guard try FileSystem.status(path) != nil else { return }
        try FileSystem.remove(path)
        root.forget()
    }

    private mutating func whiteOut(_ name: String, in parent: String) throws(ImageError) {
        if name == ".wh..wh..opq" { return try removeLowerLayers(below: parent) }
        // Other names that begin twice are notes of a file system that Docker once used.
        if name.hasPrefix(".wh..wh.") { return }
        let hidden = name.dropFirst(".wh.".count)
        guard !hidden.isEmpty, hidden != ".", hidden != ".." else {
            throw ImageError(.invalidContent, "the layer has a whiteout '\(name)' for no name; refused")
        }
        let path = "\(parent)/\(hidden)"
        if !touched.contains(path) { try clear(path) }
    }

    private mutating func removeLowerLayers(below directory: String) throws(ImageError) {
        for name in try FileSystem.names(in: directory) {
            let path = "\(directory)/\(name)"
            if !touched.contains(path) {
                try clear(path)
            } else if try FileSystem.status(path)?.kind == .directory {
                try removeLowerLayers(below: path)
            }
        }
    }

    /// Notes that this layer has the path, and so the directories above it.
    private mutating func touch(_ path: String) {
        var path = path[...]
        while path.utf8.count > root.path.utf8.count, touched.insert(String(path)).inserted {
            guard let slash = path.lastIndex(of: "/") else { return }
            path = path[..<slash]
        }
    }
}
