/// An experiment, its trials in all their states, and a promotion.
enum ExperimentSample {
    static let trialTemplate: Document = [
        "accelerator": ["profile": "t4", "count": 1], "backoffLimit": 3, "activeDeadlineSeconds": 7200,
        "trainer": [
            "image": "aerie-trainer:1", "task": "classification",
            "model": ["architecture": "mlp", "depth": 2, "dropout": 0.1],
            "training": ["steps": 3000, "learningRate": 0.003, "seed": 7],
        ],
        "podTemplate": [
            "metadata": ["labels": ["team": "imagery"]],
            "spec": [
                "serviceAccountName": "trainer", "nodeSelector": ["a": "b"],
                "containers": [
                    ["name": "tensorflow", "env": [["name": "A", "value": "b"]], "resources": ["limits": ["cpu": 2]]]
                ],
            ],
        ],
    ]

    static let serving: Document = [
        "name": "landsat", "replicas": 2, "podTemplate": ["spec": ["nodeSelector": ["a": "b"]]],
    ]

    static let gates: Document = [
        ["metric": "validation/accuracy", "min": 0.5, "max": 1.0], ["metric": "validation/recall/water", "min": 0.2],
    ]

    static let document: Document = [
        "apiVersion": "aerie.dev/v1alpha1", "kind": "TrainingExperiment",
        "metadata": SampleMetadata.metadata(
            "landsat", uid: "1f0c2a9b-77aa", labels: ["kueue.x-k8s.io/queue-name": "gpus"]),
        "spec": [
            "objective": ["metric": "validation/accuracy", "goal": "Maximize", "target": 0.99],
            "algorithm": ["name": "random", "seed": 7],
            "parameters": [
                ["name": "learningRate", "double": ["min": 0.0001, "max": 0.1, "scale": "Log"]],
                ["name": "batchSize", "int": ["min": 32, "max": 256, "step": 32]],
                ["name": "dropout", "discrete": ["values": [0.1, 0.2, 0.5]]],
                ["name": "activation", "categorical": ["values": ["relu", "tanh"]]],
            ],
            "maxTrials": 12, "parallelTrials": 3, "maxFailedTrials": 2, "suspend": false,
            "dataset": ["uri": "pvc://datasets/landsat"], "checkpoints": ["uri": "pvc://checkpoints", "keep": 3],
            "trial": trialTemplate, "selection": ["strategy": "BestCheckpoint"],
            "promotion": [
                "policy": "OnImprovement", "gates": gates, "builderImage": "aerie:1", "pushSecretName": "push",
                "image": ["repository": "registry.example/landsat", "base": "registry.example/aerie-serving:1"],
                "podTemplate": ["spec": ["nodeSelector": ["a": "b"]]], "serving": serving,
            ],
        ],
        "status": [
            "observedGeneration": 1, "state": "Running", "reason": "TrialsRunning", "completed": "2/12",
            "displayValue": "0.9100", "startTime": SampleMetadata.time,
            "conditions": [
                SampleMetadata.condition("Running", "True", "TrialsRunning"),
                SampleMetadata.condition("Stalled", "False", "No"),
            ],
            "trials": [
                "created": 5, "confirmed": 3, "pending": 1, "running": 1, "succeeded": 1, "failed": 1, "stopped": 0,
                "deleted": 1,
            ],
            "best": [
                "trial": "landsat-00001", "trialNumber": 1, "parameters": ["learningRate": 0.003],
                "metric": "validation/accuracy", "value": 0.91, "metrics": ["validation/accuracy": 0.91],
                "datasetDigest": .text(SampleMetadata.digest),
                "checkpoint": [
                    "uri": "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00001",
                    "path": "attempts/a/checkpoints/ckpt-500", "step": 500, "digest": .text(SampleMetadata.digest),
                ],
            ],
            "promotion": [
                "name": "landsat-1f0c-01234567", "state": "Building", "imageDigest": .text(SampleMetadata.digest),
            ],
        ],
    ]

    private static let owner = SampleMetadata.owner(
        "aerie.dev/v1alpha1", "TrainingExperiment", "landsat", uid: "1f0c2a9b-77aa")

    private static func trial(_ number: Int, _ state: Document) -> World.Part {
        .init(
            .trial,
            [
                "apiVersion": "aerie.dev/v1alpha1", "kind": "Trial",
                "metadata": SampleMetadata.metadata(
                    "landsat-0000\(number)", uid: "trial-\(number)",
                    labels: ["aerie.dev/experiment": "landsat", "aerie.dev/trial-number": .text(String(number))],
                    owner: owner),
                "spec": TrialSample.spec(number: .token(String(number))),
                "status": TrialSample.status(state: state, value: .token("0.9\(number)")),
            ])
    }

    static let parts: [World.Part] = [
        trial(1, "Succeeded"), trial(2, "Failed"), trial(4, "Running"), trial(5, "Pending"),
        .init(.promotion, PromotionSample.document),
    ]
}
