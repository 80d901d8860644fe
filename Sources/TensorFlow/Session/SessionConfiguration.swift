import SwiftProtobuf

/// How a session uses the machine, and the tasks of a cluster if it runs on one.
///
/// Results are bit for bit the same from run to run only for the same numbers of threads.
public struct SessionConfiguration: Hashable, Sendable {
    /// Threads that work on one operation together; 0 lets TensorFlow take one a core.
    public var intraOperationThreads: Int
    /// Operations that run at the same time; 0 lets TensorFlow take one a core.
    public var interOperationThreads: Int
    /// The tasks of a cluster that the session uses, for example `/job:worker/task:1`; empty stands for all.
    ///
    /// A session waits for every task that it may use, though its graph does not.
    public var deviceFilters: [String] = []
    /// Milliseconds after which a call to a cluster fails with `deadlineExceeded`; 0 waits for ever.
    public var operationTimeout: Int = 0

    public init(intraOperationThreads: Int = 0, interOperationThreads: Int = 0) {
        self.intraOperationThreads = intraOperationThreads
        self.interOperationThreads = interOperationThreads
    }

    /// A serialized `ConfigProto`.
    var serialized: [UInt8] {
        get throws(TFError) {
            do { return try message.serializedBytes() } catch {
                throw TFError(.internal, "cannot encode the session's configuration: \(error)")
            }
        }
    }

    var message: ProtoConfigProto {
        var message = ProtoConfigProto()
        message.intraOpParallelismThreads = Int32(clamping: intraOperationThreads)
        message.interOpParallelismThreads = Int32(clamping: interOperationThreads)
        message.deviceFilters = deviceFilters
        message.operationTimeoutInMs = Int64(operationTimeout)
        return message
    }
}
