/// A trial, its job and what its pod left behind.
enum TrialSample {
    static func spec(number: Document) -> Document {
        [
            "experiment": "landsat", "number": number,
            "parameters": ["learningRate": 0.003, "batchSize": 64, "activation": "relu"],
            "objective": ["metric": "validation/accuracy", "goal": "Maximize", "target": 0.99],
            "dataset": ["uri": "pvc://datasets/landsat"],
            "checkpoints": ["uri": "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00003", "keep": 3],
            "template": ExperimentSample.trialTemplate, "stop": false,
        ]
    }

    static func checkpoint(step: Document, value: Document) -> Document {
        [
            "path": "attempts/pod-uid/checkpoints/ckpt-500", "step": step, "digest": .text(SampleMetadata.digest),
            "metric": "validation/accuracy", "value": value,
        ]
    }

    static func status(state: Document, value: Document) -> Document {
        [
            "observedGeneration": 1, "state": state, "reason": "TFJobRunning", "tfJobUID": "job-uid", "attempts": 1,
            "pod": "landsat-00003-worker-0", "node": "node-1", "step": 500, "value": value, "displayValue": "0.9100",
            "metrics": ["validation/accuracy": value, "validation/loss": "NaN"],
            "checkpoint": checkpoint(step: 500, value: value),
            "checkpoints": [checkpoint(step: 500, value: value), checkpoint(step: 900, value: 0.5)],
            "datasetDigest": .text(SampleMetadata.digest), "startTime": SampleMetadata.time,
            "conditions": [SampleMetadata.condition("Running", "True", "TFJobRunning")],
        ]
    }

    static let document: Document = [
        "apiVersion": "aerie.dev/v1alpha1", "kind": "Trial",
        "metadata": SampleMetadata.metadata(
            "landsat-00003", uid: "trial-uid",
            labels: ["aerie.dev/experiment": "landsat", "kueue.x-k8s.io/queue-name": "gpus"],
            owner: SampleMetadata.owner("aerie.dev/v1alpha1", "TrainingExperiment", "landsat", uid: "1f0c2a9b-77aa")),
        "spec": spec(number: 3), "status": status(state: "Running", value: 0.91),
    ]

    /// What the trainer's container says in the end.
    static let message: Document = [
        "contract": 1, "trial": "landsat-00003", "trialUID": "trial-uid", "reason": "Completed", "message": "done",
        "step": 3000, "metrics": ["validation/accuracy": 0.91, "validation/loss": 0.3, "validation/f1": "NaN"],
        "checkpoint": checkpoint(step: 3000, value: 0.91),
        "checkpoints": [checkpoint(step: 3000, value: 0.91), checkpoint(step: 500, value: "NaN")],
        "dataset": ["digest": .text(SampleMetadata.digest)],
    ]

    private static let owner = SampleMetadata.owner("aerie.dev/v1alpha1", "Trial", "landsat-00003", uid: "trial-uid")

    static let parts: [World.Part] = [
        .init(
            .tfJob,
            [
                "apiVersion": "kubeflow.org/v1", "kind": "TFJob",
                "metadata": SampleMetadata.metadata("landsat-00003", uid: "job-uid", owner: owner),
                "spec": ["runPolicy": ["suspend": false], "tfReplicaSpecs": ["Worker": ["replicas": 1]]],
                "status": [
                    "startTime": SampleMetadata.time, "completionTime": SampleMetadata.time, "restarts": 1,
                    "disruptions": 1,
                    "reason": "Evicted", "nodes": "node-1",
                    "conditions": [
                        ["type": "Succeeded", "status": "True", "reason": "TFJobSucceeded", "message": "done"]
                    ],
                    "attempts": [
                        [
                            "pod": "landsat-00003-worker-0", "uid": "old-uid", "replicaType": "Worker", "index": 0,
                            "cause": "Failure", "exitCode": 1, "message": "log", "containerRestarts": 0, "counted": 1,
                        ]
                    ],
                ],
            ]),
        .init(
            .pod,
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": SampleMetadata.metadata(
                    "landsat-00003-worker-0", uid: "pod-uid",
                    owner: SampleMetadata.owner("kubeflow.org/v1", "TFJob", "landsat-00003", uid: "job-uid")),
                "spec": ["nodeName": "node-1"],
                "status": [
                    "phase": "Succeeded", "startTime": SampleMetadata.time,
                    "containerStatuses": [
                        [
                            "name": "tensorflow", "restartCount": 0,
                            "state": [
                                "terminated": ["exitCode": 0, "reason": "Completed", "finishedAt": SampleMetadata.time]
                            ],
                        ]
                    ],
                ],
            ]),
        .init(.message, message),
        .init(.profile, ProfileSample.document),
    ]
}
