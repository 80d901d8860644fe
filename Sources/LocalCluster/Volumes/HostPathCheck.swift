import Glibc

/// The `type` of a hostPath volume: what must be there, and what is made when it is not.
package enum HostPathCheck {
    /// Creates the path where the type says so.
    ///
    /// Throws ``VolumeUnavailable`` when something else is there, or nothing.
    package static func prepare(path: String, type: String?) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        let format = status.st_mode & S_IFMT
        switch type ?? "" {
        case "": return
        case "DirectoryOrCreate" where !exists: try Files.createFolder(path)
        case "FileOrCreate" where !exists: try Files.write([], to: path, mode: 0o644)
        case "DirectoryOrCreate", "Directory": try require(exists && format == S_IFDIR, path, "a directory")
        case "FileOrCreate", "File": try require(exists && format == S_IFREG, path, "a file")
        case "Socket": try require(exists && format == S_IFSOCK, path, "a socket")
        case "CharDevice": try require(exists && format == S_IFCHR, path, "a character device")
        case "BlockDevice": try require(exists && format == S_IFBLK, path, "a block device")
        case let type: throw VolumeUnavailable("hostPath type check failed: the type \(type) is not known")
        }
    }

    private static func require(_ holds: Bool, _ path: String, _ what: String) throws {
        guard holds else { throw VolumeUnavailable("hostPath type check failed: \(path) is not \(what)") }
    }
}
