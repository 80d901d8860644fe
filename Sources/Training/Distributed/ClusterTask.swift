/// One task of a distributed training: its place in the cluster and where it listens.
public struct ClusterTask: Hashable, Sendable, CustomStringConvertible {
    /// What a task is for, in the words of `TF_CONFIG`.
    public enum Role: String, Sendable, CaseIterable {
        case chief
        /// Another word for chief.
        case master
        case worker
        case parameterServer = "ps"
    }

    public var role: Role
    public var index: Int
    public var host: String
    public var port: UInt16

    /// The first processor of the task as TensorFlow names it.
    var device: String { "\(filter)/device:CPU:0" }

    /// All devices of the task.
    var filter: String { "/job:\(role.rawValue)/replica:0/task:\(index)" }

    /// For example `worker-1 (mnist-worker-1.default.svc:2222)`.
    public var description: String { "\(role.rawValue)-\(index) (\(host):\(port))" }
}
