import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Trials and promotions with numbers that nobody means, and what the server refuses of them.
@Suite struct HostileTrialTests {
    @Test(arguments: HostileTFJobTests.numbers) func `any number of a trial or its job is decided about`(
        number: Int
    ) throws {
        var job = TFJob(
            metadata: TrialFixture.trial().metadata, spec: TFJob.Spec(tfReplicaSpecs: [:]),
            status: TFJob.Status(
                conditions: [.init(.running, reason: "TFJobRunning", message: "")], restarts: number,
                disruptions: number))
        job.metadata.ownerReferences = [OwnerReference(controller: TrialFixture.trial())]
        let time = Time(seconds: Int64(number))
        let pods = [0, number].map { code in
            Pod(
                metadata: ObjectMeta(name: "p\(code)", uid: "p\(code)", creationTimestamp: time),
                status: .init(
                    phase: .failed,
                    containerStatuses: [
                        ContainerStatus(
                            name: "tensorflow", restartCount: number,
                            state: .init(terminated: .init(exitCode: code, finishedAt: time)))
                    ]))
        }
        for type in [TFJob.JobCondition.ConditionType.running, .failed, .succeeded] {
            job.status?.conditions = [.init(type, reason: "Any", message: "")]
            job.status?.completionTime = time
            var trial = TrialFixture.trial()
            trial.spec.number = number
            trial.spec.template.backoffLimit = number
            trial.spec.template.activeDeadlineSeconds = number
            for trial in [trial, TrialFixture.trial()] {
                let (plan, _) = try TrialFixture.decide(trial, job: job, pods: pods)
                #expect(plan.status != nil)
            }
        }
    }

    @Test(arguments: [KubernetesError.Reason.badRequest, .forbidden, .notFound, .invalid, .alreadyExists, .unknown])
    func `the server's words are in the status, whatever it refuses`(reason: KubernetesError.Reason) throws {
        let error = KubernetesError(reason, "quota webhook says no")
        let (plan, status) = try TrialFixture.decide(TrialFixture.trial(), lastError: error)
        #expect(plan.actions.count == 1)
        #expect(status.reason == "TFJobRefused")
        #expect(status.conditions.first("Running")?.message == "The TFJob was refused: quota webhook says no")

        let (again, promotion) = try PromotionFixture.decide(
            PromotionFixture.promotion(
                status: .init(conditions: PromotionFixture.building.conditions, startTime: PromotionFixture.now)),
            lastError: error)
        #expect(again.actions.count == 1)
        #expect(promotion.reason == "Refused")
        #expect(promotion.conditions.first("Ready")?.message == "The job was refused: quota webhook says no")
    }

    @Test(arguments: HostileTFJobTests.numbers) func `any number of a rollout is decided about`(number: Int) throws {
        var promotion = PromotionFixture.promotion(
            serving: ServingTemplate(replicas: number), status: PromotionFixture.built)
        promotion.spec.checkpoint.step = number
        promotion.metadata.generation = number
        promotion.metadata.creationTimestamp = Time(seconds: 0)
        var deployment = Deployment(metadata: promotion.metadata)
        deployment.metadata.labels = [Label.managedBy: Label.manager]
        deployment.status = .init(
            observedGeneration: number, replicas: number, updatedReplicas: number, readyReplicas: number,
            availableReplicas: number)
        let (plan, _) = try PromotionFixture.decide(promotion, deployment: deployment)
        #expect(plan.status != nil)
    }

    @Test(.timeLimit(.minutes(1))) func `a template of a hundred thousand variables and containers is merged at once`()
    {
        let many = (0..<100_000).map { JSONValue.object(["name": .string("v\($0)"), "value": "x"]) }
        let unnamed = JSONValue.array(Array(repeating: [:], count: 100_000))
        var trial = TrialFixture.trial()
        trial.spec.template.podTemplate = [
            "spec": [
                "containers": [["name": "tensorflow", "env": .array(many), "envFrom": unnamed]],
                "initContainers": .array(many + many),
            ]
        ]
        let start = ContinuousClock.now
        let plan = TrialDecision.decide(.init(trial: trial, now: TrialFixture.now))
        #expect(plan.actions.count == 1)
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
