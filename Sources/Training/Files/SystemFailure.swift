import AerieAPI
import Glibc
import TensorFlow

/// The last error of the operating system, in words.
func lastSystemError() -> String { String(cString: strerror(errno)) }

extension TrainingError {
    /// What TensorFlow found wrong with the records of a file, or with the machine while it read them.
    init(damaged file: String, _ error: TFError) {
        switch error.code {
        case .dataLoss, .invalidArgument: self.init(.badData, "\(file): \(error.message)")
        default: self.init(.trainingFailed, "\(file): \(error)")
        }
    }

    /// A failed file operation; right after the call that failed.
    static func storage(_ action: String, _ path: String) -> TrainingError {
        TrainingError(.storageFailed, "cannot \(action) \(path): \(lastSystemError())")
    }
}
