import KubernetesAPI
import KubernetesClient
import Synchronization
import TestCluster

/// Nodes for the pods of one test: the real scheduler binds pods to them, the script says what becomes of the pods.
///
/// Only pods that tolerate the pool's taint get there, so that the pods of other tests do not.
final class NodePool: Sendable {
    private struct State {
        var nodes: [String: FakeNode] = [:]
        var lost: Set<String> = []
    }

    let cluster: OperatorCluster
    /// Namespace of the pods, and name of the pool.
    let namespace: String
    private let state = Mutex(State())

    private init(_ cluster: OperatorCluster, _ namespace: String) {
        self.cluster = cluster
        self.namespace = namespace
    }

    /// What pods need to be let onto the pool's nodes.
    var toleration: JSONValue { ["key": "pool", "value": .string(namespace), "effect": "NoSchedule"] }

    /// The pool's name before the node's, as nodes are cluster-scoped.
    func nodeName(_ name: String) -> String { "\(namespace)-\(name)" }

    /// Makes a namespace with a pool, plays its nodes and runs the controller while `body` runs; then the nodes go.
    static func run(
        script: @escaping PodPlayer.Script = { _ in .runs },
        _ body: @escaping @Sendable (NodePool) async throws -> Void
    ) async throws {
        let cluster = try await OperatorCluster.shared()
        let pool = NodePool(cluster, try await cluster.namespace())
        let controller = try ControllerProgram(
            cluster, identity: "controller", "--namespace", pool.namespace, "--no-leader-elect")
        try await controller.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.beat() }
                group.addTask { try await pool.play(script) }
                defer { group.cancelAll() }
                try await body(pool)
            }
        }
        for node in pool.state.withLock({ $0.nodes.values }) { try await node.remove(with: cluster.admin) }
    }

    func add(_ name: String, labels: [String: String] = [:], taints: [JSONValue] = [], gpus: Int = 0) async throws {
        let own: JSONValue = ["key": "pool", "value": .string(namespace), "effect": "NoSchedule"]
        let node = FakeNode(
            name: nodeName(name), labels: labels.merging(["pool": namespace]) { own, _ in own }, taints: [own] + taints,
            gpus: gpus)
        try await node.register(with: cluster.admin)
        state.withLock { $0.nodes[node.name] = node }
    }

    /// From now on the node says nothing more, and does nothing with its pods.
    func lose(_ name: String) { state.withLock { _ = $0.lost.insert(nodeName(name)) } }

    /// The node comes back, and does what it was told meanwhile.
    func find(_ name: String) { state.withLock { _ = $0.lost.remove(nodeName(name)) } }

    private var present: [String: FakeNode] {
        state.withLock { state in state.nodes.filter { !state.lost.contains($0.key) } }
    }

    private func beat() async throws {
        while true {
            for node in present.values { try await node.beat(with: cluster.admin) }
            try await Task.sleep(for: .seconds(5))
        }
    }

    private func play(_ script: PodPlayer.Script) async throws {
        let player = cluster.player(in: namespace)
        while true {
            let nodes = present
            for pod in try await player.pods() {
                guard let node = pod.spec["nodeName"]?.stringValue, nodes[node] != nil else { continue }
                if pod.isBeingDeleted {
                    try await confirmDeletion(of: pod)
                } else if !pod.isOver {
                    try await player.play(script(pod), with: pod)
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// A pod that is bound exists until its node says that its programs have ended.
    private func confirmDeletion(of pod: PlayedPod) async throws(KubernetesError) {
        do throws(KubernetesError) {
            try await cluster.admin.delete(pod.reference, DeleteOptions(uid: pod.uid, gracePeriodSeconds: 0))
        } catch {
            guard error.reason == .notFound || error.reason == .conflict else { throw error }
        }
    }
}

extension PlayedPod {
    var isBeingDeleted: Bool { document["metadata"]?["deletionTimestamp"] != nil }
}
