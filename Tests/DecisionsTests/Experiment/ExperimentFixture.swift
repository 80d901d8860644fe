import AerieAPI
import Decisions
import KubernetesAPI

/// Experiments and trials in all the states that the tests need.
enum ExperimentFixture {
    static let now = Time(seconds: 1_700_000_000)
    static let uid = "1f0c2a9b-77aa-4e0b-9d54-8d2f1f7f5f10"

    static func experiment(
        parameters: [Parameter] = [
            Parameter(name: "learningRate", .double(.init(min: 1e-4, max: 1e-1, scale: .log)))
        ],
        algorithm: Algorithm = Algorithm(seed: 7), goal: Objective.Goal = .maximize, target: Double? = nil,
        maxTrials: Int = 6, parallelTrials: Int = 2, maxFailedTrials: Int = 2, suspend: Bool = false,
        policy: PromotionTemplate.Policy? = nil, status: TrainingExperiment.Status? = nil
    ) -> TrainingExperiment {
        let promotion = policy.map {
            PromotionTemplate(
                policy: $0, gates: [Gate(metric: "validation/accuracy", min: 0.5)],
                image: ImageTarget(repository: "registry.example/landsat", base: "registry.example/aerie-serving:1"),
                builderImage: "aerie:1", serving: ServingTemplate())
        }
        return TrainingExperiment(
            metadata: ObjectMeta(
                name: "landsat", namespace: "default", uid: uid, resourceVersion: "1", generation: 1,
                labels: ["team": "imagery", "kueue.x-k8s.io/queue-name": "gpus"]),
            spec: .init(
                objective: Objective(metric: "validation/accuracy", goal: goal, target: target), algorithm: algorithm,
                parameters: parameters, maxTrials: maxTrials, parallelTrials: parallelTrials,
                maxFailedTrials: maxFailedTrials, suspend: suspend,
                dataset: DatasetSource(uri: "pvc://datasets/landsat"),
                checkpoints: CheckpointStore(uri: "pvc://checkpoints"),
                trial: TrialTemplate(trainer: Trainer(image: "aerie-trainer:1")), promotion: promotion),
            status: status)
    }

    /// The trial of this number as the experiment creates it.
    static func trial(
        _ number: Int, _ state: Trial.State = .pending, _ checkpoints: [(step: Int, value: Double)] = [],
        reason: String? = nil
    ) -> Trial {
        let experiment = experiment()
        let name = ChildName.trial(experiment: "landsat", number: number)
        let kept = checkpoints.map { checkpoint($0.step, $0.value, of: number) }
        return Trial(
            metadata: ObjectMeta(
                name: name, namespace: "default", uid: "trial-\(number)",
                labels: [Label.experiment: "landsat"], ownerReferences: [OwnerReference(controller: experiment)]),
            spec: .init(
                experiment: "landsat", number: number, parameters: ["learningRate": .number(Double(number) / 1000)],
                objective: experiment.spec.objective, dataset: experiment.spec.dataset,
                checkpoints: CheckpointStore(uri: "pvc://checkpoints/default/landsat-1f0c2a9b/\(name)"),
                template: experiment.spec.trial),
            status: Trial.Status(
                state: state, reason: reason, metrics: ["validation/accuracy": kept.first?.value.value ?? .nan],
                checkpoint: kept.first, checkpoints: kept.isEmpty ? nil : kept))
    }

    static func checkpoint(_ step: Int, _ value: Double, of number: Int) -> CheckpointReference {
        CheckpointReference(
            path: "attempts/a/checkpoints/ckpt-\(step)", step: step, digest: digest(number, step),
            metric: "validation/accuracy", value: value)
    }

    static func digest(_ number: Int, _ step: Int) -> String {
        "sha256:" + StableHash("\(number)/\(step)").hexadecimal + String(repeating: "0", count: 48)
    }

    static func decide(
        _ experiment: TrainingExperiment, _ trials: [Trial] = [], _ promotions: [ModelPromotion] = [],
        lastError: KubernetesError? = nil
    ) throws -> (plan: Plan, status: TrainingExperiment.Status) {
        let plan = ExperimentDecision.decide(
            .init(experiment: experiment, trials: trials, promotions: promotions, now: now, lastError: lastError))
        return (plan, try plan.status?.decode(TrainingExperiment.Status.self) ?? TrainingExperiment.Status())
    }
}

extension Plan {
    /// What the plan does, in short: `create Trial landsat-00001`.
    var steps: [String] {
        actions.map { action in
            switch action {
            case .create(let manifest): "create \(manifest.reference.resource.kind) \(manifest.reference.key.name)"
            case .apply(let manifest): "apply \(manifest.reference.resource.kind) \(manifest.reference.key.name)"
            case .patch(let reference, _, let patch): "patch \(reference.resource.kind) \(reference.key.name) \(patch)"
            case .delete(let reference, _, _): "delete \(reference.resource.kind) \(reference.key.name)"
            }
        }
    }

    func bodyCreated(_ name: String) -> JSONValue? {
        actions.lazy.compactMap { action -> JSONValue? in
            guard case .create(let manifest) = action, manifest.reference.key.name == name else { return nil }
            return manifest.body
        }.first
    }

    func bodyApplied(_ kind: String) -> JSONValue? {
        actions.lazy.compactMap { action -> JSONValue? in
            guard case .apply(let manifest) = action, manifest.reference.resource.kind == kind else { return nil }
            return manifest.body
        }.first
    }
}
