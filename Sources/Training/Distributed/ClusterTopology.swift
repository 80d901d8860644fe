import AerieAPI
import KubernetesAPI

/// All tasks of a distributed training, and which of them this process is: what `TF_CONFIG` says.
public struct ClusterTopology: Hashable, Sendable {
    public let tasks: [ClusterTask]
    /// This process.
    public let own: ClusterTask

    /// The task that drives the training, evaluates and saves: the chief, or worker 0 where there is no chief.
    public var lead: ClusterTask { trainers[0] }
    public var isLead: Bool { own == lead }
    public var peers: [ClusterTask] { tasks.filter { $0 != own } }
    public var parameterServers: [ClusterTask] { tasks.filter { $0.role == .parameterServer } }
    /// The tasks that compute shares of the batches, the lead first; never empty.
    public let trainers: [ClusterTask]

    /// What `TF_CONFIG` calls tasks that take no part in the training.
    static let evaluatorType = "evaluator"

    /// Reads `TF_CONFIG`; `nil` for a job with one task that trains.
    ///
    /// Throws ``TrainingError`` `badConfiguration` that says what in the job has to be changed.
    init?(_ document: JSONValue) throws(TrainingError) {
        guard document["sparseCluster"] == nil else {
            throw Self.wrong("the tasks of a job with enableDynamicWorker do not know each other; leave it out")
        }
        let tasks = try Self.tasks(of: document["cluster"]?.objectValue ?? [:])
        guard !tasks.isEmpty else { return nil }
        let task = document["task"] ?? .null
        let type = task["type"]?.stringValue ?? ""
        let index = task["index"]?.intValue ?? 0
        guard let own = tasks.first(where: { $0.role.rawValue == type && $0.index == index }) else {
            throw Self.wrong("this is task \(type)-\(index), which is not in the cluster")
        }
        let leaders = tasks.filter { $0.role == .chief || $0.role == .master }
        guard leaders.count <= 1 else {
            throw Self.wrong("\(leaders.map(\.description).joined(separator: " and ")) cannot both lead; use one chief")
        }
        trainers = leaders + tasks.filter { $0.role == .worker }
        guard !trainers.isEmpty else { throw Self.wrong("there are parameter servers only; add a chief or workers") }
        guard tasks.count > 1 else { return nil }
        self.tasks = tasks
        self.own = own
    }

    private static func tasks(of cluster: JSONObject) throws(TrainingError) -> [ClusterTask] {
        var tasks: [ClusterTask] = []
        for (name, addresses) in cluster.sorted(by: { $0.key < $1.key }) where name != evaluatorType {
            guard let role = ClusterTask.Role(rawValue: name) else {
                throw wrong("there are tasks of type \(name); known are chief, master, worker, ps and evaluator")
            }
            for (index, address) in (addresses.arrayValue ?? []).enumerated() {
                let task = try task(role, index, address.stringValue ?? "")
                if let other = tasks.first(where: { $0.host == task.host && $0.port == task.port }) {
                    throw wrong("\(other) and \(task) have the same address")
                }
                tasks.append(task)
            }
        }
        return tasks
    }

    /// The addresses by type, as TensorFlow's servers want them.
    var addresses: [String: [String]] {
        Dictionary(grouping: tasks, by: \.role.rawValue).mapValues { $0.map { "\($0.host):\($0.port)" } }
    }

    private static func task(
        _ role: ClusterTask.Role, _ index: Int, _ address: String
    ) throws(TrainingError) -> ClusterTask {
        let parts = address.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]), port > 0 else {
            throw wrong("\(role.rawValue)-\(index) has the address \"\(address)\", which is not host:port")
        }
        return ClusterTask(role: role, index: index, host: String(parts[0]), port: port)
    }

    static func wrong(_ problem: String) -> TrainingError {
        TrainingError(.badConfiguration, "TF_CONFIG: \(problem)")
    }
}
