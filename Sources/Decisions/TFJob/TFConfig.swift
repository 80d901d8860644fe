import AerieAPI
import KubernetesAPI

/// The environment variable from which TensorFlow learns who its peers are.
///
/// Byte for byte what upstream writes: clients compare it.
///
/// - SeeAlso: `tf.distribute.cluster_resolver.TFConfigClusterResolver`.
struct TFConfig {
    /// Every replica's headless service and the port of its TensorFlow server, as JSON strings.
    private let addresses: [TFJob.ReplicaType: [String]]
    private let isDynamic: Bool
    /// All types with all addresses, sorted by name; the evaluator is among them, as it is upstream.
    private let cluster: String

    init(job: TFJob, replicas: [TFJob.Replica], clusterDomain: String) {
        let domain = clusterDomain.isEmpty ? "" : ".\(clusterDomain)"
        var addresses: [TFJob.ReplicaType: [String]] = [:]
        for replica in replicas {
            let rest = ".\(job.metadata.namespace).svc\(domain):\(replica.tensorFlowPort)"
            addresses[replica.type] = (0..<replica.count).map { index in
                JSONValue.string("\(job.childName(replica.type, index))\(rest)").description
            }
        }
        self.addresses = addresses
        isDynamic = job.spec.enableDynamicWorker
        let members = addresses.sorted { $0.key.lowercased < $1.key.lowercased }.map { type, addresses in
            "\"\(type.lowercased)\":[\(addresses.joined(separator: ","))]"
        }
        cluster = "{\(members.joined(separator: ","))}"
    }

    /// `nil` for a job of one pod, which has no peers.
    func text(for type: TFJob.ReplicaType, _ index: Int) -> String? {
        guard addresses.values.total(\.count) != 1 else { return nil }
        let task = "\"task\":{\"type\":\"\(type.lowercased)\",\"index\":\(index)}"
        return isDynamic
            ? "{\"cluster\":\(sparseCluster(type, index)),\(task)}"
            : "{\"cluster\":\(cluster),\(task),\"environment\":\"cloud\"}"
    }

    /// A worker knows itself and the parameter servers, a parameter server itself, anyone else nobody: peers may come
    /// and go without anyone being restarted.
    private func sparseCluster(_ type: TFJob.ReplicaType, _ index: Int) -> String {
        let own = addresses[type]?[index] ?? ""
        switch type {
        case .worker:
            let servers = addresses[.ps] ?? []
            return "{\"worker\":{\"\(index)\":\(own)},\"ps\":[\(servers.joined(separator: ","))]}"
        case .ps: return "{\"worker\":{},\"ps\":[\(own)]}"
        case .chief, .master, .evaluator: return "{\"worker\":{},\"ps\":[]}"
        }
    }
}
