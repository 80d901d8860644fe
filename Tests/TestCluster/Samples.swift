package import AerieAPI
package import KubernetesAPI

/// Objects as people would write them.
package enum Samples {
    package static let metric = "validation/accuracy"

    /// A TFJob of workers.
    package static func tfJob(
        _ name: String, in namespace: String, workers: Int, restartPolicy: String = "Never",
        runPolicy: JSONValue = [:], container: String = "tensorflow"
    ) -> Manifest {
        Manifest(
            Reference(TFJob.resource, namespace: namespace, name: name),
            [
                "spec": [
                    "runPolicy": runPolicy,
                    "tfReplicaSpecs": [
                        "Worker": [
                            "replicas": JSONValue(workers), "restartPolicy": .string(restartPolicy),
                            "template": [
                                "metadata": ["labels": ["team": "vision"]],
                                "spec": ["containers": [["name": .string(container), "image": "mnist:1"]]],
                            ],
                        ]
                    ],
                ]
            ])
    }

    /// An experiment of four random trials, two at a time; `change` makes it another.
    package static func experiment(
        _ name: String, in namespace: String, change: (inout JSONValue) -> Void = { _ in }
    ) -> Manifest {
        var spec: JSONValue = [
            "objective": ["metric": .string(metric), "goal": "Maximize"],
            "algorithm": ["name": "random", "seed": 7],
            "parameters": [
                ["name": "learningRate", "double": ["min": 0.0003, "max": 0.01, "scale": "Log"]],
                ["name": "width", "int": ["min": 64, "max": 192, "step": 64]],
                ["name": "activation", "categorical": ["values": ["relu", "swish"]]],
            ],
            "maxTrials": 4, "parallelTrials": 2, "maxFailedTrials": 1,
            "dataset": ["uri": "pvc://datasets/landsat"], "checkpoints": ["uri": "pvc://checkpoints"],
            "trial": [
                "trainer": [
                    "image": "aerie-trainer:1", "task": "classification", "model": ["architecture": "mlp"],
                    "training": ["steps": 3000],
                ]
            ],
        ]
        change(&spec)
        return Manifest(Reference(TrainingExperiment.resource, namespace: namespace, name: name), ["spec": spec])
    }

    /// What becomes of the best checkpoint of a sample experiment.
    package static let promotion: JSONValue = [
        "gates": [["metric": .string(metric), "min": 0.85]],
        "image": ["repository": "registry.example/landsat", "base": "registry.example/aerie-serving:1"],
        "builderImage": "aerie:1", "serving": ["replicas": 1],
    ]

    /// The digest that the builder tells of its image.
    package static let imageDigest = "sha256:" + String(repeating: "4f", count: 32)

    /// What a trainer reports that kept these checkpoints, best first.
    package static func result(of pod: PlayedPod, _ checkpoints: (value: Double, step: Int)...) -> String {
        let kept = checkpoints.map { checkpoint in
            CheckpointReference(
                path: "attempts/x/checkpoints/ckpt-\(checkpoint.step)", step: checkpoint.step,
                digest: digest("\(pod.trialNumber ?? 0)/\(checkpoint.step)"), metric: metric, value: checkpoint.value)
        }
        let best = checkpoints.first?.value ?? .nan
        return text(
            TrialResult(
                trial: pod.environment["AERIE_TRIAL"] ?? "", trialUID: pod.environment["AERIE_TRIAL_UID"] ?? "",
                reason: .completed, step: 3000, metrics: [metric: best, "validation/loss": 1 - best],
                checkpoint: kept.first, checkpoints: kept))
    }

    /// What a trainer reports that could not do its work.
    package static func failure(of pod: PlayedPod, _ reason: TrialResult.Reason, _ message: String) -> String {
        text(
            TrialResult(
                trial: pod.environment["AERIE_TRIAL"] ?? "", trialUID: pod.environment["AERIE_TRIAL_UID"] ?? "",
                reason: reason, message: message))
    }

    /// The digest of the files of a trial's checkpoint.
    package static func digest(_ content: String) -> String {
        "sha256:" + String(repeating: StableHash(content).hexadecimal, count: 4)
    }

    private static func text(_ result: TrialResult) -> String {
        // Encoding fails only for numbers beyond 64 bits.
        String(decoding: (try? result.termination()) ?? [], as: UTF8.self)
    }
}
