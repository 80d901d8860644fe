import FoundationEssentials
package import Glibc
import SystemPackage

/// The few things that this module does with files, with errors that name the path.
package enum Files {
    package struct Failure: Error, CustomStringConvertible {
        package var operation: String
        package var path: String
        package var problem: String

        package var description: String { "cannot \(operation) \(path): \(problem)" }
    }

    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    package static func isFolder(_ path: String) -> Bool {
        var isDirectory: Bool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// Creates the folder with its parents; `mode` holds for folders that were not there.
    package static func createFolder(_ path: String, mode: mode_t = 0o755) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: Int(mode)])
        } catch {
            throw Failure(operation: "create the folder", path: path, problem: "\(error)")
        }
    }

    package static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(operation: "read", path: path, problem: String(cString: strerror(errno)))
        }
        return [UInt8](data)
    }

    package static func readText(_ path: String) throws -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Replaces the file in one step: a reader sees the old bytes or the new ones, never a part.
    package static func write(_ bytes: some Collection<UInt8>, to path: String, mode: mode_t = 0o600) throws {
        let temporary = "\(path).\(UInt64.random(in: 0...UInt64.max)).tmp"
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(temporary), .writeOnly, options: [.create, .exclusiveCreate],
                permissions: FilePermissions(rawValue: mode))
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            // The process's umask shall not decide who may read a file.
            guard chmod(temporary, mode) == 0, rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary)
            throw Failure(operation: "write", path: path, problem: "\(error)")
        }
    }

    package static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Puts new text into the same file, for readers that have this file open or mounted.
    package static func overwrite(_ text: String, in path: String) throws {
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(Array(text.utf8)) }
        } catch {
            throw Failure(operation: "write", path: path, problem: "\(error)")
        }
    }

    /// Deletes a file or a whole tree; one that is gone is fine.
    package static func remove(_ path: String) throws {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            var status = stat()
            if lstat(path, &status) != 0, errno == ENOENT { return }
            throw Failure(operation: "delete", path: path, problem: "\(error)")
        }
    }

    /// The names in a folder, sorted; none where there is no folder.
    package static func list(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    package static func isExecutable(_ path: String) -> Bool {
        !isFolder(path) && access(path, X_OK) == 0
    }
}
