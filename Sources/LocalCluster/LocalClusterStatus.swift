import Glibc
public import KubernetesAPI
import KubernetesClient
public import Logging

/// What a local cluster is doing, seen from outside the process that runs it.
public struct LocalClusterStatus: Sendable {
    /// One program that belongs to the cluster.
    public struct Process: Hashable, Sendable {
        public var name: String
        public var pid: Int32
        /// Bytes.
        public var residentMemory: Int
    }

    /// One pod, as `kubectl get pods -o wide` would show it.
    public struct PodLine: Hashable, Sendable {
        public var key: ObjectKey
        /// What it does or waits for, in kubectl's words: `Running`, `Init:CrashLoopBackOff`.
        public var state: String
        public var address: String
        public var restarts: Int
    }

    public var isReady: Bool
    public var processes: [Process]
    /// The API server's address; `nil` for a cluster that never ran.
    public var server: String?
    public var nodes: [String]
    public var pods: [PodLine]
    /// Why nodes and pods are not known.
    public var problem: String?

    /// Reads the records of the cluster and asks its API server.
    public static func read(_ state: StateDirectory) async throws -> LocalClusterStatus {
        let order = ["supervisor", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
        let processes = ProcessRecords(state: state).running.map { name, process in
            Process(
                name: name == ProcessRecords.supervisor ? "aerie local up" : name, pid: process.pid,
                residentMemory: process.residentMemory)
        }
        let settings = try ClusterSettings.load(from: state)
        var status = LocalClusterStatus(
            isReady: Files.exists(state.readiness) && !processes.isEmpty,
            processes: processes.sorted {
                (order.firstIndex(of: $0.name) ?? 0, $0.name) < (order.firstIndex(of: $1.name) ?? 0, $1.name)
            },
            server: settings?.server, nodes: [], pods: [], problem: nil)
        guard !processes.isEmpty else { return status }
        do {
            let client = try LocalCluster.client(state.kubeconfig)
            status.nodes = try await client.list(.nodes).map(nodeLine)
            status.pods = try await client.list(Pod.resource).map(podLine).sorted { $0.key < $1.key }
        } catch {
            status.problem = "\(error)"
        }
        return status
    }

    private static func nodeLine(_ node: JSONValue) -> String {
        let conditions = node["status"]?["conditions"]?.arrayValue ?? []
        let ready = conditions.first { $0["type"]?.stringValue == "Ready" }?["status"]?.stringValue == "True"
        let gpus = node["status"]?["capacity"]?["nvidia.com/gpu"]?.stringValue.map { ", nvidia.com/gpu \($0)" } ?? ""
        return "\(node["metadata"]?["name"]?.stringValue ?? "") \(ready ? "Ready" : "NotReady")\(gpus)"
    }

    private static func podLine(_ pod: JSONValue) -> PodLine {
        let counts = ["initContainerStatuses", "containerStatuses"].flatMap { list in
            (pod["status"]?[list]?.arrayValue ?? []).compactMap { $0["restartCount"]?.intValue }
        }
        return PodLine(
            key: ObjectKey(
                namespace: pod["metadata"]?["namespace"]?.stringValue ?? "",
                name: pod["metadata"]?["name"]?.stringValue ?? ""),
            state: PodState.words(pod),
            address: pod["status"]?["podIP"]?.stringValue ?? "",
            restarts: counts.reduce(0) { $0 + min(max(0, $1), Int(Int32.max)) })
    }

    /// Ends a cluster that another process runs: asks that process, waits, and kills what is left after `patience`.
    ///
    /// Returns whether anything ran.
    public static func stop(
        _ state: StateDirectory, patience: Duration = .seconds(30), logger: Logger
    ) async throws -> Bool {
        let records = ProcessRecords(state: state)
        let supervisor = records.running[ProcessRecords.supervisor]
        if let supervisor {
            supervisor.send(SIGTERM)
            let deadline = ContinuousClock.now + patience
            while supervisor.isAlive, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            supervisor.send(SIGKILL)
        }
        let leftovers = records.leftovers
        try await records.endLeftovers(logger: logger)
        try Files.remove(state.readiness)
        return supervisor != nil || !leftovers.isEmpty
    }
}
