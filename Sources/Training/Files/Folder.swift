import FoundationEssentials
import Glibc

/// A directory and the few things that the trainer does with one.
struct Folder: Hashable, Sendable {
    var path: String

    init(_ path: String) { self.path = path }

    subscript(_ name: String) -> String { "\(path)/\(name)" }

    func folder(_ name: String) -> Folder { Folder(self[name]) }

    var exists: Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// Makes the directory and those above it.
    func create() throws(TrainingError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw TrainingError.storage("create", path)
        }
    }

    /// Names of what is in the directory, sorted; empty when there is none.
    func names() throws(TrainingError) -> [String] {
        guard exists else { return [] }
        do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw TrainingError.storage("list", path)
        }
    }

    /// Removes a file or a directory with all that is in it; nothing happens when there is none.
    func remove(_ name: String) throws(TrainingError) {
        guard FileManager.default.fileExists(atPath: self[name]) else { return }
        do { try FileManager.default.removeItem(atPath: self[name]) } catch {
            // Another process may have been faster.
            if FileManager.default.fileExists(atPath: self[name]) { throw TrainingError.storage("remove", self[name]) }
        }
    }

    /// The contents of a file; `nil` when there is none.
    func read(_ name: String) throws(TrainingError) -> [UInt8]? {
        guard let file = FileDescriptor(opening: self[name], O_RDONLY) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw TrainingError.storage("read", self[name])
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = buffer.withUnsafeMutableBytes { file.readFully(into: $0) }
            guard count >= 0 else { throw TrainingError.storage("read", self[name]) }
            bytes += buffer[..<count]
            if count < buffer.count { return bytes }
        }
    }

    /// Lets the file also be `name` in `folder`, without copying where the file system can.
    func share(_ name: String, with folder: Folder) throws(TrainingError) {
        if link(self[name], folder[name]) == 0 { return }
        guard let bytes = try read(name) else { throw TrainingError.storage("read", self[name]) }
        try AtomicFile.write(bytes, to: folder[name])
    }
}
