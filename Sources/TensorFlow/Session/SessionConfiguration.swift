import SwiftProtobuf

/// How a session uses the machine.
///
/// Results are bit for bit the same from run to run only for the same numbers of threads.
public struct SessionConfiguration: Hashable, Sendable {
    /// Threads that work on one operation together; 0 lets TensorFlow take one a core.
    public var intraOperationThreads: Int
    /// Operations that run at the same time; 0 lets TensorFlow take one a core.
    public var interOperationThreads: Int

    public init(intraOperationThreads: Int = 0, interOperationThreads: Int = 0) {
        self.intraOperationThreads = intraOperationThreads
        self.interOperationThreads = interOperationThreads
    }

    /// A serialized `ConfigProto`.
    var serialized: [UInt8] {
        get throws(TFError) {
            var message = ProtoConfigProto()
            message.intraOpParallelismThreads = Int32(clamping: intraOperationThreads)
            message.interOpParallelismThreads = Int32(clamping: interOperationThreads)
            do { return try message.serializedBytes() } catch {
                throw TFError(.internal, "cannot encode the session's configuration: \(error)")
            }
        }
    }
}
