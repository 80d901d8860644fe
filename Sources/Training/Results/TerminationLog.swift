public import AerieAPI
import Glibc

/// The file whose contents Kubernetes puts into the pod's status when the container ends.
public struct TerminationLog: Sendable {
    private let path: String

    /// Kubernetes' default.
    public static let defaultPath = "/dev/termination-log"

    public init(path: String) { self.path = path }

    /// Writes the message.
    ///
    /// The kubelet has put the file there and reads that very file, so it is overwritten and not replaced.
    public func write(_ result: TrialResult) throws {
        let bytes = try result.termination()
        guard let file = FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC) else {
            throw TrainingError.storage("write", path)
        }
        guard bytes.withUnsafeBytes({ file.writeAll($0) }) else { throw TrainingError.storage("write", path) }
    }
}
