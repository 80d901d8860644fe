import AerieAPI
import Decisions
import KubernetesAPI
import Testing

@Suite struct WholePathTests {
    private static func digest(_ trial: String) -> String {
        "sha256:" + String(repeating: StableHash(trial).hexadecimal, count: 4)
    }

    /// The larger the learning rate the better, and a checkpoint half-way that is not as good.
    private static func train(_ told: TrialEnvironment) throws -> TrialResult {
        let rate = told.parameters["learningRate"]?.doubleValue ?? 0
        func checkpoint(_ step: Int, _ value: Double) -> CheckpointReference {
            CheckpointReference(
                path: "attempts/a/checkpoints/ckpt-\(step)", step: step, digest: digest(told.trial),
                metric: told.objective.metric, value: value)
        }
        return TrialResult(
            trial: told.trial, trialUID: told.trialUID, reason: .completed, step: 1000,
            metrics: [told.objective.metric: 0.5 + rate], checkpoint: checkpoint(1000, 0.5 + rate),
            checkpoints: [checkpoint(1000, 0.5 + rate), checkpoint(500, 0.4 + rate)])
    }

    @Test("an experiment becomes trials, TFJobs, pods, a best checkpoint, an image and a model that answers")
    func wholePath() throws {
        var cluster = ClusterInMemory(train: Self.train)
        let experiment = ExperimentFixture.experiment(maxTrials: 5, parallelTrials: 2, policy: .onCompletion)
        cluster.create(Manifest(experiment.reference, try JSONValue(encoding: experiment)))
        var turns = 0
        while try cluster.turn() {
            turns += 1
            try #require(turns < 100, "it does not settle")
        }

        let status = try #require(try cluster.all(TrainingExperiment.self).first?.status)
        #expect((status.state, status.reason, status.completed) == (.succeeded, "MaxTrialsReached", "5/5"))
        let trials = try cluster.all(Trial.self)
        #expect(trials.map { $0.status?.state } == Array(repeating: .succeeded, count: 5))
        let best = trials.compactMap(\.status?.value).max()
        #expect(status.best?.value == best)
        #expect(status.best?.checkpoint.step == 1000)
        #expect(status.best.map { Self.digest($0.trial) } == status.best?.checkpoint.digest)

        #expect(try cluster.all(TFJob.self).count == 5)
        #expect(try cluster.all(ModelPromotion.self).map { $0.status?.state } == [.ready])
        #expect(status.promotion?.imageDigest == "sha256:" + String(repeating: "fedcba9876543210", count: 4))
        #expect(status.conditions.isTrue("Promoted"))
        #expect(try cluster.all(Deployment.self).map(\.metadata.name) == ["landsat"])
        #expect(cluster.events.contains("ModelAvailable"))
    }
}
