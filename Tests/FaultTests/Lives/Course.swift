import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

/// One life in a namespace of its own, disturbed once or not at all.
struct Course: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        var namespace: String
        var life: String
        var fault: Fault?
        var number = 0
        var end: EndState?
        /// What the proxy saw.
        var run = Interference.Run()
        /// What is wrong, in sentences; empty when all is well.
        var problems: [String] = []
    }

    let cluster: OperatorCluster
    let proxy: FaultProxy
    let interference: Interference
    let life: Life
    var fault: (kind: Fault, at: Int)?
    /// What the same life comes to undisturbed; `nil` when that is what is to be found out.
    var reference: Outcome?
    /// Whether a controller of its own is at work here, rather than one that others share.
    var hasOwnController: Bool

    /// Goes through the life to its end, and waits until everything is as in ``reference``.
    func run() async throws -> Outcome {
        let namespace = try await cluster.namespace()
        interference[namespace].fault = fault
        let controller =
            hasOwnController ? try ControllerProcess(cluster, server: proxy.url, namespace: namespace) : nil
        if let controller { interference[namespace].kill = { await controller.kill() } }
        var outcome = Outcome(namespace: namespace, life: life.description, fault: fault?.kind, number: fault?.at ?? 0)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                if let controller { group.addTask { try await controller.run() } }
                group.addTask { try await Kubelet(cluster: cluster, namespace: namespace).play(life.script) }
                try await cluster.admin.create(life.manifest(namespace))
                try await life.people(cluster, namespace)
                outcome.end = try await end(in: namespace)
            }
        } catch let failure as NotInTime {
            outcome.problems.append("\(failure)")
        }
        outcome.run = interference[namespace]
        outcome.problems += problems(of: outcome)
        return outcome
    }

    private func end(in namespace: String) async throws -> EndState {
        guard let wanted = reference?.end else {
            return try await eventually("\(life) is at rest") { try await stateAtRest(namespace) }
        }
        var differences: [String] = []
        do {
            return try await eventually("the end is the same", within: .seconds(90)) {
                let state = try await EndState(of: namespace, cluster.admin)
                differences = state.differences(from: wanted)
                return differences.isEmpty ? state : nil
            }
        } catch let failure as NotInTime {
            throw NotInTime(description: "\(failure): \(differences.joined(separator: "; "))")
        }
    }

    /// A state that has an end in it and that did not change for a while.
    private func stateAtRest(_ namespace: String) async throws -> EndState? {
        guard try await isOver(namespace) else { return nil }
        let before = try await EndState(of: namespace, cluster.admin)
        try await Task.sleep(for: .seconds(1))
        return try await EndState(of: namespace, cluster.admin) == before ? before : nil
    }

    private func isOver(_ namespace: String) async throws -> Bool {
        let experiments = try await cluster.all(TrainingExperiment.self, in: namespace)
        if let experiment = experiments.first { return experiment.status?.promotion?.state == .ready }
        return try await cluster.all(TFJob.self, in: namespace).allSatisfy { $0.status?.isFinished == true }
    }

    /// Whether something was made twice, or the fault that should have happened did not.
    private func problems(of outcome: Outcome) -> [String] {
        guard let reference else { return [] }
        var problems: [String] = []
        for (kind, count) in outcome.run.created.merging(reference.run.created, uniquingKeysWith: { mine, _ in mine })
        where count != reference.run.created[kind] ?? 0 || outcome.run.created[kind] == nil {
            problems.append(
                "\(outcome.run.created[kind] ?? 0) \(kind) were created instead of \(reference.run.created[kind] ?? 0)")
        }
        return problems
    }
}
