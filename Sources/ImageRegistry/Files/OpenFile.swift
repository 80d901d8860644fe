import Glibc

/// A file descriptor that closes itself.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Parameter followingLink: Whether the path may be a symbolic link; else one is refused.
    init(reading path: String, followingLink: Bool = false) throws(ImageError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | (followingLink ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { throw FileSystem.failure("open", path) }
    }

    /// Creates a file that must not exist yet.
    init(creating path: String, mode: UInt32) throws(ImageError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw FileSystem.failure("create", path) }
    }

    /// Opens a directory, in order to lock it.
    init(directory path: String) throws(ImageError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileSystem.failure("open", path) }
    }

    deinit { close(descriptor) }

    var status: FileSystem.Status {
        get throws(ImageError) {
            var raw = stat()
            guard fstat(descriptor, &raw) == 0 else { throw FileSystem.failure("read", path) }
            return FileSystem.Status(raw)
        }
    }

    /// Reads on; an empty result is the end of the file.
    func read(atMost count: Int) throws(ImageError) -> [UInt8] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            result = readOnce(into: UnsafeMutableRawBufferPointer(buffer))
            initialized = max(0, result)
        }
        guard result >= 0 else { throw FileSystem.failure("read", path) }
        return bytes
    }

    /// Reads on into memory of the caller; 0 is the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        let count = readOnce(into: buffer)
        guard count >= 0 else { throw FileSystem.failure("read", path) }
        return count
    }

    private func readOnce(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(ImageError) {
        let succeeded = bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno != EINTR { return false }
                written += max(0, count)
            }
            return true
        }
        guard succeeded else { throw FileSystem.failure("write", path) }
    }

    /// Sets owner, then permissions: a change of owner takes the set-user-id bit away.
    func setOwner(userID: Int, groupID: Int) throws(ImageError) {
        guard fchown(descriptor, uid_t(truncatingIfNeeded: userID), gid_t(truncatingIfNeeded: groupID)) == 0 else {
            throw FileSystem.failure("set the owner of", path)
        }
    }

    func setMode(_ mode: UInt32) throws(ImageError) {
        guard fchmod(descriptor, mode) == 0 else { throw FileSystem.failure("set the permissions of", path) }
    }

    /// Takes the file's lock unless another process or another opening of the file has it.
    ///
    /// The lock ends with this object, and with the process however it ends.
    func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
