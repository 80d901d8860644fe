import Glibc

/// The calls of the operating system that this library needs, with errors that name the path.
///
/// All of them block; call them through ``BlockingWork``.
enum FileSystem {
    struct Status {
        enum Kind { case file, directory, symbolicLink, other }

        var kind: Kind
        var mode: UInt32
        var size: Int64
        var userID: Int
        var groupID: Int
        /// Tells apart and finds again the names of one file.
        var device: UInt64
        var inode: UInt64
        var linkCount: Int
    }

    /// What is at the path; `nil` where nothing is.
    ///
    /// - Parameter followingLink: Whether to look where a symbolic link at the path leads.
    static func status(_ path: String, followingLink: Bool = false) throws(ImageError) -> Status? {
        var raw = stat()
        guard (followingLink ? stat(path, &raw) : lstat(path, &raw)) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("read", path)
        }
        return Status(raw)
    }

    /// The names in a directory, sorted by their bytes.
    static func names(in directory: String) throws(ImageError) -> [String] {
        guard let stream = opendir(directory) else { throw failure("list", directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name else {
                throw ImageError(.invalidContent, "\(directory) holds a name that is not UTF-8")
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    static func linkTarget(_ path: String) throws(ImageError) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { raw in
            raw.withMemoryRebound(to: CChar.self) { chars -> Int in
                chars.baseAddress.map { readlink(path, $0, chars.count) } ?? -1
            }
        }
        guard count >= 0 else { throw failure("read the link", path) }
        guard let target = String(validating: buffer[..<count], as: UTF8.self) else {
            throw ImageError(.invalidContent, "the link \(path) leads to a name that is not UTF-8")
        }
        return target
    }

    /// Makes a directory and those above it; what exists is left as it is.
    static func makeDirectories(_ path: String) throws(ImageError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("make the directory", path)
        }
        try makeDirectories(String(path[..<slash]))
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw failure("make the directory", path) }
    }

    /// Removes a file, or a directory with all that is in it; what is not there is no error.
    static func remove(_ path: String) throws(ImageError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw failure("remove", path) }
        // A directory that its owner may not write to still has to go.
        chmod(path, 0o700)
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    static func rename(_ source: String, to destination: String) throws(ImageError) {
        guard Glibc.rename(source, destination) == 0 else { throw failure("move \(source) to", destination) }
    }

    /// All bytes of a file, which may be a symbolic link as in mounted secrets.
    static func read(_ path: String, limit: Int) throws(ImageError) -> [UInt8] {
        let file = try OpenFile(reading: path, followingLink: true)
        var bytes: [UInt8] = []
        while true {
            let chunk = try file.read(atMost: 1 << 16)
            if chunk.isEmpty { return bytes }
            guard bytes.count + chunk.count <= limit else {
                throw ImageError(.invalidContent, "\(path) has more than \(limit) bytes")
            }
            bytes += chunk
        }
    }

    /// Replaces a file as a whole: readers see the old bytes or the new ones.
    static func write(_ bytes: [UInt8], to path: String) throws(ImageError) {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max))"
        do throws(ImageError) {
            let file = try OpenFile(creating: temporary, mode: 0o644)
            try file.write(bytes[...])
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// An error that says what could not be done, to which file, and why; to be called right after the failing call.
    static func failure(_ action: String, _ path: String) -> ImageError {
        let number = errno
        let code: ImageError.Code = number == ENOENT || number == ENOTDIR ? .configuration : .fileSystem
        return ImageError(code, "cannot \(action) \(path): \(String(cString: strerror(number)))")
    }
}

extension FileSystem.Status {
    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        mode = raw.st_mode & 0o7777
        size = Int64(raw.st_size)
        userID = Int(raw.st_uid)
        groupID = Int(raw.st_gid)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        linkCount = Int(raw.st_nlink)
    }
}
