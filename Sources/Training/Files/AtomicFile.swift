import Glibc

/// Files that appear whole or not at all, also when the process or the machine dies meanwhile.
enum AtomicFile {
    /// Puts `bytes` at `path`, in place of what was there.
    static func write(_ bytes: [UInt8], to path: String) throws(TrainingError) {
        let temporary = try stage(bytes, for: path)
        guard rename(temporary, path) == 0 else {
            let error = TrainingError.storage("write", path)
            unlink(temporary)
            throw error
        }
        synchronize(directoryOf: path)
    }

    /// Puts `bytes` at `path` unless something is there already; then gives `false` and changes nothing.
    static func create(_ bytes: [UInt8], at path: String) throws(TrainingError) -> Bool {
        let temporary = try stage(bytes, for: path)
        defer { unlink(temporary) }
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { return false }
            // Some network file systems have no hard links: the second best is a rename after a look.
            guard access(path, F_OK) != 0 else { return false }
            guard rename(temporary, path) == 0 else { throw TrainingError.storage("write", path) }
            return true
        }
        synchronize(directoryOf: path)
        return true
    }

    /// Makes sure that a file that another library wrote survives the machine.
    static func synchronize(_ path: String) {
        if let file = FileDescriptor(opening: path, O_RDONLY) { fsync(file.number) }
    }

    private static func synchronize(directoryOf path: String) {
        synchronize(
            path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/")
    }

    private static func stage(_ bytes: [UInt8], for path: String) throws(TrainingError) -> String {
        // Process ids do not tell trainers in different containers apart.
        let temporary = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        guard let file = FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC) else {
            throw TrainingError.storage("write", temporary)
        }
        let written = bytes.withUnsafeBytes { file.writeAll($0) } && fsync(file.number) == 0
        guard written else {
            let error = TrainingError.storage("write", temporary)
            unlink(temporary)
            throw error
        }
        return temporary
    }
}
