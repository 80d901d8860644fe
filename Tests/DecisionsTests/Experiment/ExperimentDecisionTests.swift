import AerieAPI
import Decisions
import KubernetesAPI
import Testing

@Suite struct ExperimentDecisionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var experiment: TrainingExperiment
        var trials: [Trial] = []
        var state: TrainingExperiment.State
        var reason: String
        var actions: [String] = []
        var completed: String

        var testDescription: String { name }
    }

    private typealias Fixture = ExperimentFixture

    private static func created(_ count: Int, confirmed: Int? = nil) -> TrainingExperiment.Status {
        .init(state: .running, trials: TrialCounts(created: count, confirmed: confirmed ?? count))
    }

    static let rows = [
        Row(
            name: "a new experiment gets as many trials as may run at once", experiment: Fixture.experiment(),
            state: .running, reason: "TrialsRunning",
            actions: ["create Trial landsat-00001", "create Trial landsat-00002"], completed: "0/6"),
        Row(
            name: "while all run there is nothing to do", experiment: Fixture.experiment(status: created(2)),
            trials: [Fixture.trial(1, .running), Fixture.trial(2)], state: .running, reason: "TrialsRunning",
            completed: "0/6"),
        Row(
            name: "a trial that ended makes room for the next number",
            experiment: Fixture.experiment(status: created(2)),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .running)], state: .running,
            reason: "TrialsRunning", actions: ["create Trial landsat-00003"], completed: "1/6"),
        Row(
            name: "the budget is never exceeded", experiment: Fixture.experiment(maxTrials: 3, status: created(3)),
            trials: [
                Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .failed), Fixture.trial(3, .running),
            ], state: .running, reason: "TrialsRunning", completed: "2/3"),
        Row(
            name: "when all trials have ended the experiment has succeeded",
            experiment: Fixture.experiment(maxTrials: 2, status: created(2)),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .failed)], state: .succeeded,
            reason: "MaxTrialsReached", completed: "2/2"),
        Row(
            name: "without any checkpoint it has failed",
            experiment: Fixture.experiment(maxTrials: 2, status: created(2)),
            trials: [Fixture.trial(1, .succeeded), Fixture.trial(2, .failed)], state: .failed,
            reason: "NoSuccessfulTrial", completed: "2/2"),
        Row(
            name: "the target ends it at once, and what still runs is stopped",
            experiment: Fixture.experiment(target: 0.9, status: created(2)),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.91)]), Fixture.trial(2, .running)], state: .succeeded,
            reason: "TargetReached", actions: [#"patch Trial landsat-00002 {"spec":{"stop":true}}"#],
            completed: "1/6"),
        Row(
            name: "a target to stay below",
            experiment: Fixture.experiment(goal: .minimize, target: 0.1, status: created(1)),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.1)])], state: .succeeded, reason: "TargetReached",
            completed: "1/6"),
        Row(
            name: "as many failures as allowed are allowed",
            experiment: Fixture.experiment(maxFailedTrials: 1, status: created(2)),
            trials: [Fixture.trial(1, .failed), Fixture.trial(2, .running)], state: .running, reason: "TrialsRunning",
            actions: ["create Trial landsat-00003"], completed: "1/6"),
        Row(
            name: "one more failure ends it, and what still runs is stopped",
            experiment: Fixture.experiment(maxFailedTrials: 0, status: created(2)),
            trials: [Fixture.trial(1, .failed, reason: "BadData"), Fixture.trial(2, .running)], state: .failed,
            reason: "TooManyFailedTrials", actions: [#"patch Trial landsat-00002 {"spec":{"stop":true}}"#],
            completed: "1/6"),
        Row(
            name: "a small search space is exhausted before the budget is",
            experiment: Fixture.experiment(
                parameters: [Parameter(name: "activation", .categorical(.init(values: ["relu", "swish"])))],
                status: created(2)),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .succeeded, [(10, 0.7)])],
            state: .succeeded, reason: "SearchSpaceExhausted", completed: "2/2"),
        Row(
            name: "a suspended experiment creates nothing and lets the running go on",
            experiment: Fixture.experiment(suspend: true, status: created(2)),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .running)], state: .running,
            reason: "TrialsRunning", completed: "1/6"),
        Row(
            name: "a suspended experiment without running trials says so",
            experiment: Fixture.experiment(suspend: true), state: .suspended, reason: "Suspended", completed: "0/6"),
        Row(
            name: "a trial that was counted but never created is created",
            experiment: Fixture.experiment(status: created(2, confirmed: 1)), trials: [Fixture.trial(1, .running)],
            state: .running, reason: "TrialsRunning", actions: ["create Trial landsat-00002"], completed: "0/6"),
        Row(
            name: "a trial that someone deleted is not created again",
            experiment: Fixture.experiment(status: created(2)), trials: [Fixture.trial(2, .running)], state: .running,
            reason: "TrialsRunning", actions: ["create Trial landsat-00003"], completed: "1/6"),
        Row(
            name: "a status that lags behind its trials never gives a number twice",
            experiment: Fixture.experiment(), trials: [Fixture.trial(1, .running), Fixture.trial(2, .running)],
            state: .running, reason: "TrialsRunning", completed: "0/6"),
        Row(
            name: "a wrong spec is explained and nothing is begun",
            experiment: Fixture.experiment(parameters: []), state: .failed, reason: "InvalidSpec", completed: "0/1"),
        Row(
            name: "what has ended stays ended, whatever the spec says now",
            experiment: Fixture.experiment(
                maxTrials: 9,
                status: .init(state: .succeeded, reason: "MaxTrialsReached", trials: .init(created: 2, confirmed: 2))),
            trials: [Fixture.trial(1, .succeeded, [(10, 0.8)]), Fixture.trial(2, .succeeded, [(10, 0.7)])],
            state: .succeeded, reason: "MaxTrialsReached", completed: "2/9"),
    ]

    @Test(arguments: rows) func decision(row: Row) throws {
        let (plan, status) = try Fixture.decide(row.experiment, row.trials)
        #expect(status.state == row.state)
        #expect(status.reason == row.reason)
        #expect(plan.steps == row.actions)
        #expect(status.completed == row.completed)
    }

    @Test("the highest number is on record in the same plan that creates the trials")
    func numbersComeFirst() throws {
        let (_, status) = try Fixture.decide(Fixture.experiment())
        #expect(status.trials == TrialCounts(created: 2, confirmed: 0, pending: 2))
        #expect(status.startTime == Fixture.now)
    }

    @Test("a trial carries everything that its pod needs, and belongs to the experiment")
    func manifest() throws {
        let (plan, _) = try Fixture.decide(Fixture.experiment())
        let body = try #require(plan.bodyCreated("landsat-00001"))
        let trial: Trial = try body.decode()
        #expect(trial.metadata.controller?.uid == Fixture.uid)
        #expect(
            trial.metadata.labels == [
                "aerie.dev/experiment": "landsat", "aerie.dev/trial-number": "1",
                "app.kubernetes.io/managed-by": "aerie", "kueue.x-k8s.io/queue-name": "gpus",
            ])
        #expect(trial.spec.checkpoints.uri == "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00001")
        #expect(trial.spec.parameters.keys.sorted() == ["learningRate"])
        #expect(trial.validate().isEmpty)
    }

    @Test("an invalid spec names the field, and the experiment goes on once it is corrected")
    func correction() throws {
        let (plan, failed) = try Fixture.decide(Fixture.experiment(parameters: []))
        #expect(failed.conditions.first("Failed")?.message.hasPrefix("spec.parameters: is empty") == true)
        #expect(plan.events.map(\.reason) == ["InvalidSpec"])
        let (again, unchanged) = try Fixture.decide(Fixture.experiment(parameters: [], status: failed))
        #expect(again.events.isEmpty && unchanged == failed)
        let (next, corrected) = try Fixture.decide(Fixture.experiment(status: failed))
        #expect(corrected.state == .running)
        #expect(!corrected.conditions.isTrue("Failed"))
        #expect(next.actions.count == 2)
    }

    @Test("too many failures tell the story of one of them")
    func story() throws {
        var failed = Fixture.trial(1, .failed, reason: "BadData")
        failed.status?.conditions = [
            Condition(type: "Failed", status: .yes, reason: "BadData", message: "train.tfrecord is missing.")
        ]
        let (_, status) = try Fixture.decide(Fixture.experiment(maxFailedTrials: 0), [failed])
        #expect(
            status.conditions.first("Failed")?.message
                == "1 trials have failed, more than maxFailedTrials 0. landsat-00001: BadData. train.tfrecord is missing."
        )
    }

    @Test("what the server refuses is said in the status")
    func refusal() throws {
        let (_, status) = try Fixture.decide(
            Fixture.experiment(), lastError: KubernetesError(.forbidden, "exceeded quota: trials", code: 403))
        #expect(status.reason == "TrialsRefused")
        #expect(status.conditions.first("Running")?.message == "Trials cannot be created: exceeded quota: trials")
    }

    @Test("trials of another experiment of the same name are not counted")
    func foreignTrials() throws {
        var foreign = Fixture.trial(1, .succeeded, [(10, 0.99)])
        foreign.metadata.ownerReferences[0].uid = "of-an-earlier-experiment"
        let (_, status) = try Fixture.decide(Fixture.experiment(), [foreign])
        #expect(status.best == nil)
        #expect(status.trials.succeeded == 0)
    }
}

@Suite struct ExperimentBestTests {
    private typealias Fixture = ExperimentFixture

    private func best(_ trials: [Trial], status: TrainingExperiment.Status? = nil) throws -> BestCheckpoint? {
        try Fixture.decide(Fixture.experiment(status: status), trials).status.best
    }

    @Test("the best is looked for among all kept checkpoints of all succeeded trials")
    func overAllCheckpoints() throws {
        let best = try best([
            Fixture.trial(1, .succeeded, [(10, 0.80), (20, 0.85)]), Fixture.trial(2, .succeeded, [(10, 0.84)]),
            Fixture.trial(3, .failed, [(10, 0.99)]),
        ])
        #expect(best?.trial == "landsat-00001")
        #expect(best?.value == 0.85)
        #expect(
            best?.checkpoint
                == .init(
                    uri: "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00001",
                    path: "attempts/a/checkpoints/ckpt-20", step: 20, digest: Fixture.digest(1, 20)))
        #expect(best?.parameters == ["learningRate": 0.001])
    }

    @Test("of equal values the smaller step wins, then the lower trial number, in whatever order they are observed")
    func ties() throws {
        let trials = [
            Fixture.trial(3, .succeeded, [(10, 0.9)]), Fixture.trial(2, .succeeded, [(10, 0.9)]),
            Fixture.trial(1, .succeeded, [(20, 0.9)]),
        ]
        #expect(try best(trials)?.trial == "landsat-00002")
        #expect(try best(trials.reversed())?.trial == "landsat-00002")
    }

    @Test("NaN and infinities never win")
    func notFinite() throws {
        #expect(
            try best([
                Fixture.trial(1, .succeeded, [(10, .nan), (20, .infinity)]), Fixture.trial(2, .succeeded, [(30, 0.1)]),
            ])?
            .trial == "landsat-00002")
        #expect(try best([Fixture.trial(1, .succeeded, [(10, .nan)])]) == nil)
    }

    @Test("the best stays when its trial is deleted, and only a better one replaces it")
    func durable() throws {
        let (_, first) = try Fixture.decide(Fixture.experiment(), [Fixture.trial(1, .succeeded, [(10, 0.8)])])
        #expect(try best([Fixture.trial(2, .succeeded, [(10, 0.7)])], status: first)?.trial == "landsat-00001")
        #expect(try best([Fixture.trial(2, .succeeded, [(10, 0.9)])], status: first)?.trial == "landsat-00002")
    }
}

@Suite struct ExperimentPromotionTests {
    private typealias Fixture = ExperimentFixture
    private let ended = [Fixture.trial(1, .succeeded, [(10, 0.8)])]
    private let name = "landsat-1f0c-" + String(ExperimentFixture.digest(1, 10).dropFirst(7).prefix(8))

    private func experiment(
        _ policy: PromotionTemplate.Policy, maxTrials: Int = 1, status: TrainingExperiment.Status? = nil
    ) -> TrainingExperiment {
        Fixture.experiment(maxTrials: maxTrials, parallelTrials: 1, policy: policy, status: status)
    }

    @Test("on completion the best checkpoint is promoted with a snapshot of all that led to it")
    func onCompletion() throws {
        let (plan, status) = try Fixture.decide(experiment(.onCompletion), ended)
        #expect(status.promotion == PromotionSummary(name: name))
        let promotion: ModelPromotion = try #require(plan.bodyCreated(name)).decode()
        #expect(promotion.metadata.ownerReferences.isEmpty)
        #expect(promotion.metadata.labels[Label.experiment] == "landsat")
        #expect(promotion.spec.source.parameters == ["learningRate": 0.001])
        #expect(promotion.spec.source.experimentUID == Fixture.uid)
        #expect(promotion.spec.checkpoint == status.best?.checkpoint)
        #expect(promotion.spec.gates == [Gate(metric: "validation/accuracy", min: 0.5)])
        #expect(promotion.spec.modelName == "landsat")
        #expect(promotion.validate().isEmpty)
    }

    @Test("before completion, with the policy Never, or after a failure nothing is promoted")
    func notDue() throws {
        #expect(try Fixture.decide(experiment(.onCompletion, maxTrials: 2), ended).status.promotion == nil)
        #expect(try Fixture.decide(experiment(.never), ended).status.promotion == nil)
        #expect(try Fixture.decide(experiment(.onCompletion), [Fixture.trial(1, .failed)]).status.promotion == nil)
    }

    @Test("on improvement each better checkpoint is promoted")
    func onImprovement() throws {
        let (plan, first) = try Fixture.decide(experiment(.onImprovement, maxTrials: 9), ended)
        #expect(plan.bodyCreated(name) != nil)
        let better = ended + [Fixture.trial(2, .succeeded, [(10, 0.9)])]
        let (next, second) = try Fixture.decide(experiment(.onImprovement, maxTrials: 9, status: first), better)
        #expect(second.promotion?.name != first.promotion?.name)
        #expect(next.bodyCreated(second.promotion?.name ?? "") != nil)
    }

    @Test("a promotion that was recorded but never created is created, one that someone deleted is not")
    func recreated() throws {
        var (_, status) = try Fixture.decide(experiment(.onCompletion), ended)
        #expect(try Fixture.decide(experiment(.onCompletion, status: status), ended).plan.bodyCreated(name) != nil)
        status.promotion?.state = .ready
        #expect(try Fixture.decide(experiment(.onCompletion, status: status), ended).plan.actions.isEmpty)
    }

    @Test("the image's digest comes into the status, and Promoted is true when the model is ready")
    func digest() throws {
        let (plan, status) = try Fixture.decide(experiment(.onCompletion), ended)
        var promotion: ModelPromotion = try #require(plan.bodyCreated(name)).decode()
        promotion.status = .init(
            state: .ready, reason: "ModelAvailable", image: .init(repository: "r", digest: Fixture.digest(0, 0)))
        let (_, next) = try Fixture.decide(experiment(.onCompletion, status: status), ended, [promotion])
        #expect(next.promotion == PromotionSummary(name: name, state: .ready, imageDigest: Fixture.digest(0, 0)))
        #expect(next.conditions.isTrue("Promoted"))
    }
}
