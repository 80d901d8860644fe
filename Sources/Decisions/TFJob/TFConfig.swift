import AerieAPI
import KubernetesAPI

/// The environment variable from which TensorFlow learns who its peers are.
///
/// Byte for byte what upstream writes: clients compare it.
///
/// - SeeAlso: `tf.distribute.cluster_resolver.TFConfigClusterResolver`.
struct TFConfig {
    let job: TFJob
    let replicas: [TFJob.Replica]
    let clusterDomain: String

    /// `nil` for a job of one pod, which has no peers.
    func text(for type: TFJob.ReplicaType, _ index: Int) -> String? {
        guard replicas.reduce(0, { $0 + $1.count }) != 1 else { return nil }
        let task = "\"task\":{\"type\":\"\(type.lowercased)\",\"index\":\(index)}"
        if job.spec.enableDynamicWorker {
            return "{\"cluster\":\(sparseCluster(type, index)),\(task)}"
        }
        return "{\"cluster\":\(cluster),\(task),\"environment\":\"cloud\"}"
    }

    /// All types with all addresses, sorted by name; the evaluator is among them, as it is upstream.
    private var cluster: String {
        let members = replicas.sorted { $0.type.lowercased < $1.type.lowercased }.map { replica in
            "\"\(replica.type.lowercased)\":\(list((0..<replica.count).map { address(replica, $0) }))"
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// A worker knows itself and the parameter servers, a parameter server itself, anyone else nobody: peers may come
    /// and go without anyone being restarted.
    private func sparseCluster(_ type: TFJob.ReplicaType, _ index: Int) -> String {
        var worker = ""
        var servers: [String] = []
        for replica in replicas {
            switch (type, replica.type) {
            case (.worker, .worker): worker = "\"\(index)\":\(JSONValue.string(address(replica, index)))"
            case (.worker, .ps): servers = (0..<replica.count).map { address(replica, $0) }
            case (.ps, .ps): servers = [address(replica, index)]
            default: break
            }
        }
        return "{\"worker\":{\(worker)},\"ps\":\(list(servers))}"
    }

    /// The replica's headless service and the port of its TensorFlow server.
    private func address(_ replica: TFJob.Replica, _ index: Int) -> String {
        let domain = clusterDomain.isEmpty ? "" : ".\(clusterDomain)"
        let service = job.childName(replica.type, index)
        return "\(service).\(job.metadata.namespace).svc\(domain):\(replica.tensorFlowPort)"
    }

    private func list(_ addresses: [String]) -> String {
        "[\(addresses.map { JSONValue.string($0).description }.joined(separator: ","))]"
    }
}
