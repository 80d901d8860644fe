import Glibc

/// Holds a file locked for as long as the value lives; the kernel lets go when the process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// `nil` when someone else holds it.
    init?(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Files.Failure(operation: "open", path: path, problem: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
