import CTensorFlow
import SwiftProtobuf

/// This process as one task of a cluster: a gRPC server that computes parts of graphs for the sessions of other tasks.
///
/// ## Caveats
/// - It has no authentication and no encryption. TensorFlow lets it listen on all of the machine's addresses.
/// - It cannot be stopped: the C library aborts a process that deletes a started server. It ends with the process,
///   which must leave by `_exit`, because its threads run on while `exit` tears the library down.
public final class Server: Sendable {
    /// What sessions that run on the cluster by way of this task have as their target, for example `grpc://a:2222`.
    public let target: String

    /// Starts to serve.
    ///
    /// `jobs` has the addresses (`host:port`) of all tasks by job; the rest says which of them this is.
    public init(
        jobs: [String: [String]], job: String, task: Int, configuration: SessionConfiguration
    ) throws(TFError) {
        var definition = ProtoServerDef()
        for (name, addresses) in jobs.sorted(by: { $0.key < $1.key }) {
            var entry = ProtoJobDef()
            entry.name = name
            for (index, address) in addresses.enumerated() { entry.tasks[Int32(index)] = address }
            definition.cluster.job.append(entry)
        }
        definition.jobName = job
        definition.taskIndex = Int32(task)
        definition.protocol = "grpc"
        definition.defaultSessionConfig = configuration.message
        let bytes: [UInt8]
        do { bytes = try definition.serializedBytes() } catch {
            throw TFError(.internal, "cannot encode the server's definition: \(error)")
        }
        let status = Status()
        let handle = bytes.withUnsafeBytes { TF_NewServer($0.baseAddress, $0.count, status.handle) }
        try status.check()
        TF_ServerStart(handle, status.handle)
        try status.check()
        target = String(cString: TF_ServerTarget(handle))
    }
}
