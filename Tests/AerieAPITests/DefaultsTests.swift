import AerieAPI
import KubernetesAPI
import Testing

/// The API server fills in defaults from the schema and our programs from Swift: both must agree.
@Suite struct DefaultsTests {
    private func check<Kind: KubernetesObject & Equatable>(
        _ text: String, _: Kind.Type, _ definition: CustomResourceDefinition
    ) throws {
        let written = try yaml(text)
        var stored = definition.schema.defaulted(written)
        stored["metadata"] = written["metadata"]
        #expect(stored != written, "the schema has defaults to fill in")
        #expect(try written.decode(Kind.self) == stored.decode(Kind.self))
    }

    @Test("an experiment decodes to the same value before and after the server filled in its defaults")
    func experiment() throws {
        try check(Fixture.experiment, TrainingExperiment.self, TrainingExperiment.customResourceDefinition)
    }

    @Test("a trial decodes to the same value before and after the server filled in its defaults")
    func trial() throws { try check(Fixture.trial, Trial.self, Trial.customResourceDefinition) }

    @Test("a promotion decodes to the same value before and after the server filled in its defaults")
    func promotion() throws {
        try check(Fixture.promotion, ModelPromotion.self, ModelPromotion.customResourceDefinition)
    }

    @Test("the defaults are the documented ones")
    func values() throws {
        let experiment: TrainingExperiment = try yaml(Fixture.experiment).decode()
        let spec = experiment.spec
        #expect(spec.objective.goal == .maximize)
        #expect(spec.algorithm == Algorithm(name: .random, seed: 0))
        #expect((spec.parallelTrials, spec.maxFailedTrials, spec.suspend) == (1, 3, false))
        #expect(spec.checkpoints.keep == 3)
        #expect(spec.trial.accelerator?.count == 1)
        #expect(spec.trial.backoffLimit == 3)
        #expect(spec.selection.strategy == .bestCheckpoint)
        #expect(spec.promotion?.policy == .onCompletion)
        #expect(spec.promotion?.serving?.replicas == 1)
        #expect(spec.parameters[0].double?.scale == .linear)
        #expect(spec.parameters[1].int?.step == 1)
    }
}

/// What our programs write must be known to the schema, or the API server drops it silently.
@Suite struct NothingIsDroppedTests {
    private func check(_ status: some Encodable, _ definition: CustomResourceDefinition) throws {
        let document = try JSONValue(encoding: status)
        let stored = definition.status?.defaulted(document)
        #expect(stored == document)
    }

    private static let condition = Condition(
        type: "Running", status: .yes, reason: "R", message: "m", lastTransitionTime: Time(seconds: 1),
        observedGeneration: 1)
    private static let reference = CheckpointReference(
        path: "attempts/a/checkpoints/ckpt-1", step: 1, digest: Fixture.digest, metric: "validation/loss", value: 0.5)

    @Test("every field of an experiment's status is in the schema")
    func experiment() throws {
        try check(
            TrainingExperiment.Status(
                observedGeneration: 1, state: .running, reason: "R", conditions: [Self.condition],
                trials: TrialCounts(created: 1), completed: "0/1",
                best: BestCheckpoint(
                    trial: "t", trialNumber: 1, parameters: ["width": 64], metric: "validation/loss", value: 0.5,
                    metrics: ["validation/loss": 0.5, "training/loss": .nan],
                    checkpoint: .init(uri: "pvc://c", path: "p", step: 1, digest: Fixture.digest),
                    datasetDigest: Fixture.digest),
                promotion: PromotionSummary(name: "p", state: .ready, imageDigest: Fixture.digest),
                startTime: Time(seconds: 1), completionTime: Time(seconds: 2)),
            TrainingExperiment.customResourceDefinition)
    }

    @Test("every field of a trial's status is in the schema")
    func trial() throws {
        try check(
            Trial.Status(
                observedGeneration: 1, state: .succeeded, reason: "R", conditions: [Self.condition], tfJobUID: "u",
                attempts: 1, pod: "p", node: "n", step: 1, value: 0.5, metrics: ["validation/loss": 0.5],
                checkpoint: Self.reference, checkpoints: [Self.reference], datasetDigest: Fixture.digest,
                startTime: Time(seconds: 1), completionTime: Time(seconds: 2)), Trial.customResourceDefinition)
    }

    @Test("every field of a promotion's status is in the schema")
    func promotion() throws {
        try check(
            ModelPromotion.Status(
                observedGeneration: 1, state: .ready, reason: "R", conditions: [Self.condition], jobUID: "u",
                image: .init(repository: "r", digest: Fixture.digest), url: "http://x", startTime: Time(seconds: 1),
                completionTime: Time(seconds: 2)), ModelPromotion.customResourceDefinition)
    }

    @Test("every field of a spec is in the schema")
    func specs() throws {
        func check<Kind: KubernetesObject>(
            _ text: String, _: Kind.Type, _ definition: CustomResourceDefinition
        ) throws {
            let document = try JSONValue(encoding: try yaml(text).decode(Kind.self))["spec"] ?? [:]
            #expect(definition.spec.defaulted(document) == document)
        }
        try check(Fixture.experiment, TrainingExperiment.self, TrainingExperiment.customResourceDefinition)
        try check(Fixture.trial, Trial.self, Trial.customResourceDefinition)
        try check(Fixture.promotion, ModelPromotion.self, ModelPromotion.customResourceDefinition)
        try check(Fixture.profile, AcceleratorProfile.self, AcceleratorProfile.customResourceDefinition)
    }
}
