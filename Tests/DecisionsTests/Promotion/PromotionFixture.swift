import AerieAPI
import Decisions
import KubernetesAPI

/// A promotion and what it has created, in all the states that the tests need.
enum PromotionFixture {
    static let now = Time(seconds: 1_700_000_000)
    static let name = "landsat-1f0c-01234567"
    static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
    static let imageDigest = "sha256:" + String(repeating: "fedcba9876543210", count: 4)
    static let metadata = ObjectMeta(
        name: name, namespace: "default", uid: "promotion-uid", generation: 1, creationTimestamp: now)

    static func promotion(
        metadata: ObjectMeta = metadata, gates: [Gate] = [Gate(metric: "validation/accuracy", min: 0.88)],
        modelName: String = "landsat", pushSecretName: String? = nil, serving: ServingTemplate? = ServingTemplate(),
        status: ModelPromotion.Status? = nil
    ) -> ModelPromotion {
        ModelPromotion(
            metadata: metadata,
            spec: .init(
                source: .init(
                    experiment: "landsat", experimentUID: "1f0c2a9b", trial: "landsat-00003",
                    parameters: ["learningRate": 0.003], metrics: ["validation/accuracy": 0.7, "validation/f1": 0.9],
                    datasetURI: "pvc://datasets/landsat", datasetDigest: digest),
                checkpoint: .init(
                    uri: "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00003",
                    path: "attempts/a/checkpoints/ckpt-500", step: 500, digest: digest), metric: "validation/accuracy",
                value: 0.91, gates: gates, modelName: modelName, trainerImage: "aerie-trainer:1",
                builderImage: "aerie:1",
                image: ImageTarget(repository: "registry.example/landsat", base: "registry.example/aerie-serving:1"),
                pushSecretName: pushSecretName, serving: serving), status: status)
    }

    static let building = ModelPromotion.Status(
        state: .building, reason: "JobRunning",
        conditions: [Condition(type: "GatesPassed", status: .yes, reason: "GatesPassed", message: "")],
        jobUID: "job-uid", startTime: now)

    static var built: ModelPromotion.Status {
        var status = building
        status.image = .init(repository: "registry.example/landsat", digest: imageDigest)
        return status
    }

    static func job(_ condition: PodCondition? = nil) -> Job {
        Job(
            metadata: ObjectMeta(
                name: name, namespace: "default", uid: "job-uid",
                ownerReferences: [OwnerReference(controller: promotion())]),
            status: .init(conditions: condition.map { [$0] }))
    }

    static let complete = job(PodCondition(type: "Complete", status: .yes))
    static let failed = job(
        PodCondition(type: "Failed", status: .yes, reason: "BackoffLimitExceeded", message: "It failed too often."))

    static func pod(export: Int = 0, exportMessage: String? = nil, build: Int? = 0, _ message: String? = nil) -> Pod {
        func ended(_ name: String, _ code: Int, _ message: String?) -> ContainerStatus {
            ContainerStatus(
                name: name, state: .init(terminated: .init(exitCode: code, message: message, finishedAt: now)))
        }
        return Pod(
            metadata: ObjectMeta(name: "\(name)-x", namespace: "default", uid: "pod-uid"),
            status: .init(
                initContainerStatuses: [ended("export", export, exportMessage)],
                containerStatuses: build.map { [ended("build", $0, message)] }))
    }

    static let pushed = pod(#"{"digest":"\#(imageDigest)","reference":"registry.example/landsat"}"#)

    static func decide(
        _ promotion: ModelPromotion, job: Job? = nil, pods: [Pod] = [], deployment: Deployment? = nil,
        service: Service? = nil, now: Time = now, lastError: KubernetesError? = nil
    ) throws -> (plan: Plan, status: ModelPromotion.Status) {
        let plan = PromotionDecision.decide(
            .init(
                promotion: promotion, job: job, pods: pods, deployment: deployment, service: service, now: now,
                lastError: lastError))
        return (plan, try plan.status?.decode(ModelPromotion.Status.self) ?? ModelPromotion.Status())
    }

    /// What is there after the plan's manifests were applied, and how far the rollout is.
    static func applied(_ plan: Plan, replicas: Int) throws -> (deployment: Deployment?, service: Service?) {
        var deployment: Deployment? = try plan.bodyApplied("Deployment")?.decode()
        deployment?.metadata.generation = 1
        deployment?.status = .init(
            observedGeneration: 1, replicas: replicas, updatedReplicas: replicas, readyReplicas: replicas,
            availableReplicas: replicas)
        return (deployment, try plan.bodyApplied("Service")?.decode())
    }
}
