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

        /// All that is wrong in one sentence.
        var failure: String? {
            problems.isEmpty
                ? nil
                : """
                \(life), write \(number) (\(run.struck ?? "none")) \(fault?.rawValue ?? "undisturbed") in \(namespace): \
                \(problems.joined(separator: "; ")); writes: \(run.writes.joined(separator: ", "))
                """
        }
    }

    let cluster: OperatorCluster
    let proxy: FaultProxy
    let interference: Interference
    let life: Life
    var fault: (kind: Fault, at: Int)?
    /// What the same life comes to undisturbed; `nil` when that is what is to be found out.
    var reference: Outcome?
    /// How many controllers are at work here alone; none where one is shared with others.
    var controllers = 1
    /// For the controller of its own.
    var arguments = ["--no-leader-elect"]
    var environment: [String: String] = [:]

    /// Goes through the life to its end, and waits until everything is as in ``reference``.
    func run() async throws -> Outcome {
        let namespace = try await cluster.namespace()
        interference[namespace].fault = fault
        let processes = try (0..<controllers).map { _ in
            try ControllerProgram(
                on: cluster.server, token: cluster.token, behind: proxy.url,
                ["--namespace", namespace, "--log-level", "error"] + arguments + life.arguments,
                environment: environment)
        }
        interference[namespace].kill = { for process in processes { await process.kill() } }
        var outcome = Outcome(namespace: namespace, life: life.description, fault: fault?.kind, number: fault?.at ?? 0)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                for process in processes { group.addTask { try await process.runAgainAndAgain() } }
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
        try await eventually("\(life) is over", within: .seconds(300), every: .milliseconds(150)) {
            // While the server is away nothing is over.
            try? await isOver(namespace) ? true : nil
        }
        guard let wanted = reference?.end else {
            return try await eventually("\(life) is at rest") { try await stateAtRest(namespace) }
        }
        var differences: [String] = []
        do {
            return try await eventually("the end is the same", within: .seconds(30), every: .milliseconds(250)) {
                // While the server is away nothing is the same.
                guard let state = try? await EndState(of: namespace, cluster.admin, and: life.foreignKinds) else {
                    return EndState?.none
                }
                differences = state.differences(from: wanted)
                return differences.isEmpty ? state : nil
            }
        } catch let failure as NotInTime {
            throw NotInTime(description: "\(failure): \(differences.joined(separator: "; "))")
        }
    }

    /// A state that has an end in it and that did not change for a while.
    private func stateAtRest(_ namespace: String) async throws -> EndState? {
        let before = try await EndState(of: namespace, cluster.admin, and: life.foreignKinds)
        guard before.objects.isEmpty || !life.leavesNothing else { return nil }
        try await Task.sleep(for: .seconds(1))
        return try await EndState(of: namespace, cluster.admin, and: life.foreignKinds) == before ? before : nil
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
