import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestRandom
import Testing

/// Operators that are cut off in the middle of their work.
@Suite(.timeLimit(.minutes(10))) struct RestartTests {
    /// What an experiment comes to, without what differs between any two of them.
    private struct Outcome: Equatable {
        var state: TrainingExperiment.State?
        var trials: TrialCounts?
        var best: [String]
        var assignments: [String: [String: JSONValue]]
        var attempts: [Int?]
        var promotions: Int
        var jobs: Int
        var image: String?
    }

    @Test(arguments: [1, 2, 3])
    func `however often the operator is cut off, the same trials lead to the same model`(seed: UInt64) async throws {
        let cluster = try await OperatorCluster.shared()
        async let quiet = outcome(cluster, cutOffBy: nil)
        async let disturbed = outcome(cluster, cutOffBy: SeededGenerator(seed: seed))
        #expect(try await disturbed == quiet)
    }

    /// Runs one experiment to its end, with operators that each live for a random part of a second.
    private func outcome(_ cluster: OperatorCluster, cutOffBy random: SeededGenerator?) async throws -> Outcome {
        let namespace = try await cluster.namespace()
        let trials = History<Trial>(cluster, in: namespace) { $0.status?.state.isTerminal != true }
        let jobs = History<TFJob>(cluster, in: namespace) { _ in true }
        let pods = History<Pod>(cluster, in: namespace) { $0.metadata.labels[Label.trial] != nil }
        try await trials.record {
            try await jobs.record {
                try await pods.record {
                    try await cluster.admin.create(Story.experiment("again", in: namespace))
                    if var random { try await cutOff(cluster, namespace, &random) }
                    try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
                        _ = try await Story.wait(for: cluster, namespace, "again")
                    }
                }
            }
        }
        #expect(trials.largestNumber == 2)
        for (name, count) in trials.objectsByName { #expect(count == 1, "trial \(name) exists once") }
        for (name, count) in jobs.objectsByName { #expect(count == 1, "TFJob \(name) exists once") }
        #expect(pods.largestNumber == 4, "every trial has one pod")
        return try await outcome(of: "again", cluster, namespace)
    }

    /// Starts operators and kills them at random moments, until one of them has brought the experiment to its end.
    ///
    /// The later ones live longer, so that one does. The nodes go on meanwhile.
    private func cutOff(
        _ cluster: OperatorCluster, _ namespace: String, _ random: inout SeededGenerator
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.player(in: namespace).play(Story.script) }
            defer { group.cancelAll() }
            var killed = 0
            while try await !isReady(cluster, namespace) {
                let life = Duration.milliseconds(Int.random(in: 0...(300 + 100 * killed), using: &random))
                try await cluster.withOperator(in: namespace) { _ in try await Task.sleep(for: life) }
                killed += 1
            }
            #expect(killed >= 3, "the experiment was disturbed")
        }
    }

    private func isReady(_ cluster: OperatorCluster, _ namespace: String) async throws -> Bool {
        let experiments = try await cluster.all(TrainingExperiment.self, in: namespace)
        return experiments.first?.status?.promotion?.state == .ready
    }

    private func outcome(
        of name: String, _ cluster: OperatorCluster, _ namespace: String
    ) async throws -> Outcome {
        let experiment = try await Story.wait(for: cluster, namespace, name)
        let trials = try await cluster.all(Trial.self, in: namespace)
        let best = experiment.status?.best
        return Outcome(
            state: experiment.status?.state, trials: experiment.status?.trials,
            best: [best?.trial ?? "", "\(best?.checkpoint.step ?? 0)", best?.checkpoint.digest ?? ""],
            assignments: Dictionary(uniqueKeysWithValues: trials.map { ($0.metadata.name, $0.spec.parameters) }),
            attempts: trials.map { $0.status?.attempts },
            promotions: try await cluster.all(ModelPromotion.self, in: namespace).count,
            jobs: try await cluster.all(Job.self, in: namespace).count,
            image: experiment.status?.promotion?.imageDigest)
    }
}
