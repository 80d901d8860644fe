import Dispatch
import Synchronization
import TensorFlow

/// One question to another task's server, asked by a thread of its own.
///
/// TensorFlow waits for ever for a task that accepts connections and does not answer, whatever its time-outs say. Such a
/// thread is left behind; it ends when the task goes on.
final class Inquiry: Sendable {
    private static let queue = DispatchQueue(label: "aerie.inquiries", attributes: .concurrent)
    private let answer = Mutex<Result<String?, TFError>?>(nil)

    init(_ ask: @escaping @Sendable () throws(TFError) -> String?) {
        Self.queue.async {
            let result: Result<String?, TFError>
            do throws(TFError) { result = .success(try ask()) } catch { result = .failure(error) }
            self.answer.withLock { $0 = result }
        }
    }

    /// `nil` while there is no answer.
    var result: Result<String?, TFError>? { answer.withLock { $0 } }
}
