import AerieAPI
import Glibc

/// The last error of the operating system, in words.
func lastSystemError() -> String { String(cString: strerror(errno)) }

extension TrainingError {
    /// A failed file operation; right after the call that failed.
    static func storage(_ action: String, _ path: String) -> TrainingError {
        TrainingError(.storageFailed, "cannot \(action) \(path): \(lastSystemError())")
    }
}
