import AerieAPI
import Decisions
import KubernetesAPI

/// A trial, its job and its pod in all the states that the tests need.
enum TrialFixture {
    static let now = Time(seconds: 1_700_000_000)
    static let uid = "7c1e4f5a-0000-4e0b-9d54-8d2f1f7f5f10"
    static let folder = "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00003"
    static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    static func trial(
        accelerator: AcceleratorRequest? = nil, dataset: String = "pvc://datasets/landsat",
        checkpoints: String = folder, podTemplate: JSONValue? = nil, stop: Bool = false, status: Trial.Status? = nil
    ) -> Trial {
        Trial(
            metadata: ObjectMeta(
                name: "landsat-00003", namespace: "default", uid: uid, generation: 1,
                labels: [Label.experiment: "landsat", "kueue.x-k8s.io/queue-name": "gpus"]),
            spec: .init(
                experiment: "landsat", number: 3, parameters: ["learningRate": 0.003, "batchSize": 64],
                objective: Objective(metric: "validation/accuracy", goal: .maximize),
                dataset: DatasetSource(uri: dataset), checkpoints: CheckpointStore(uri: checkpoints),
                template: TrialTemplate(
                    accelerator: accelerator,
                    trainer: Trainer(image: "aerie-trainer:1", task: "classification", training: ["steps": 3000]),
                    podTemplate: podTemplate), stop: stop), status: status)
    }

    static let seen = Trial.Status(state: .running, reason: "TFJobRunning", tfJobUID: "job-uid")

    static func job(_ condition: TFJob.JobCondition?, restarts: Int = 0, ended: Time = now) -> TFJob {
        var status = TFJob.Status(startTime: now, restarts: restarts)
        if let condition {
            status.conditions = [condition]
            if condition.type.value?.isTerminal ?? false { status.completionTime = ended }
        }
        return TFJob(
            metadata: ObjectMeta(
                name: "landsat-00003", namespace: "default", uid: "job-uid",
                ownerReferences: [OwnerReference(controller: trial())]),
            spec: TFJob.Spec(tfReplicaSpecs: [:]), status: status)
    }

    static let succeeded = job(.init(.succeeded, reason: "TFJobSucceeded", message: "done"))
    static let failed = job(.init(.failed, reason: "TFJobFailed", message: "1 Worker replica(s) failed."))
    static let running = job(.init(.running, reason: "TFJobRunning", message: "runs"))

    static func pod(exitCode: Int, _ message: String?, reason: String = "Completed") -> Pod {
        Pod(
            metadata: ObjectMeta(name: "landsat-00003-worker-0", namespace: "default", uid: "pod-uid"),
            spec: .init(nodeName: "node-1"),
            status: .init(
                phase: exitCode == 0 ? .succeeded : .failed,
                containerStatuses: [
                    ContainerStatus(
                        name: "tensorflow",
                        state: .init(
                            terminated: .init(exitCode: exitCode, reason: reason, message: message, finishedAt: now)))
                ]))
    }

    static func checkpoint(_ step: Int, _ value: Double, metric: String = "validation/accuracy") -> CheckpointReference
    {
        CheckpointReference(
            path: "attempts/pod-uid/checkpoints/ckpt-\(step)", step: step, digest: digest, metric: metric, value: value)
    }

    static func message(
        _ reason: TrialResult.Reason = .completed, text: String? = nil, trialUID: String = uid,
        metrics: Metrics = ["validation/accuracy": 0.91, "validation/loss": 0.3], best: CheckpointReference? = nil,
        kept: [CheckpointReference] = []
    ) throws -> String {
        let result = TrialResult(
            trial: "landsat-00003", trialUID: trialUID, reason: reason, message: text, step: 3000, metrics: metrics,
            checkpoint: best, checkpoints: kept, dataset: .init(digest: digest))
        return try String(decoding: result.termination(), as: UTF8.self)
    }

    static func decide(
        _ trial: Trial, job: TFJob? = nil, pods: [Pod] = [], profile: AcceleratorProfile? = nil, now: Time = now,
        lastError: KubernetesError? = nil
    ) throws -> (plan: Plan, status: Trial.Status) {
        let plan = TrialDecision.decide(
            .init(trial: trial, tfJob: job, pods: pods, profile: profile, now: now, lastError: lastError))
        return (plan, try plan.status?.decode(Trial.Status.self) ?? Trial.Status())
    }
}
