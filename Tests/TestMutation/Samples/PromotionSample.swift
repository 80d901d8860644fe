/// A promotion whose image is built, and what serves it.
enum PromotionSample {
    private static let name = "landsat-1f0c-01234567"

    static let document: Document = [
        "apiVersion": "aerie.dev/v1alpha1", "kind": "ModelPromotion",
        "metadata": SampleMetadata.metadata(
            name, uid: "promotion-uid", labels: ["aerie.dev/experiment": "landsat"],
            owner: SampleMetadata.owner("aerie.dev/v1alpha1", "TrainingExperiment", "landsat", uid: "1f0c2a9b-77aa")),
        "spec": [
            "source": [
                "experiment": "landsat", "experimentUID": "1f0c2a9b-77aa", "trial": "landsat-00001",
                "parameters": ["learningRate": 0.003],
                "metrics": ["validation/accuracy": 0.91, "validation/recall/water": 0.5],
                "datasetURI": "pvc://datasets/landsat", "datasetDigest": .text(SampleMetadata.digest),
            ],
            "checkpoint": [
                "uri": "pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00001",
                "path": "attempts/a/checkpoints/ckpt-500", "step": 500, "digest": .text(SampleMetadata.digest),
            ],
            "metric": "validation/accuracy", "value": 0.91, "gates": ExperimentSample.gates, "modelName": "landsat",
            "trainerImage": "aerie-trainer:1", "builderImage": "aerie:1", "pushSecretName": "push",
            "image": ["repository": "registry.example/landsat", "base": "registry.example/aerie-serving:1"],
            "podTemplate": ["spec": ["nodeSelector": ["a": "b"]]], "serving": ExperimentSample.serving,
        ],
        "status": [
            "observedGeneration": 1, "state": "Building", "reason": "JobRunning", "jobUID": "job-uid",
            "displayValue": "0.9100", "startTime": SampleMetadata.time,
            "conditions": [
                SampleMetadata.condition("GatesPassed", "True", "GatesPassed"),
                SampleMetadata.condition("ImageBuilt", "False", "JobRunning"),
            ],
        ],
    ]

    /// The same promotion once its image is pushed.
    static var built: Document {
        var document = document
        document.change(at: 0) { document in
            document["status"]?["image"] = [
                "repository": "registry.example/landsat", "digest": .text(SampleMetadata.digest),
            ]
        }
        return document
    }

    private static let owner = SampleMetadata.owner("aerie.dev/v1alpha1", "ModelPromotion", name, uid: "promotion-uid")

    private static func ended(_ name: Document, _ code: Document, _ message: Document) -> Document {
        [
            "name": name,
            "state": ["terminated": ["exitCode": code, "message": message, "finishedAt": SampleMetadata.time]],
        ]
    }

    static let parts: [World.Part] = [
        .init(
            .job,
            [
                "apiVersion": "batch/v1", "kind": "Job",
                "metadata": SampleMetadata.metadata(name, uid: "job-uid", owner: owner),
                "status": [
                    "active": 0, "succeeded": 1, "failed": 2,
                    "conditions": [["type": "Complete", "status": "True", "reason": "", "message": ""]],
                ],
            ]),
        .init(
            .pod,
            [
                "apiVersion": "v1", "kind": "Pod", "metadata": SampleMetadata.metadata("\(name)-x", uid: "pod-uid"),
                "status": [
                    "phase": "Succeeded", "initContainerStatuses": [ended("export", 0, "")],
                    "containerStatuses": [
                        ended("build", 0, .text("{\"digest\":\"\(SampleMetadata.digest)\",\"reference\":\"r\"}"))
                    ],
                ],
            ]),
        .init(
            .deployment,
            [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": SampleMetadata.metadata(
                    "landsat", uid: "deployment-uid", labels: ["aerie.dev/promotion": .text(name)], owner: owner),
                "status": [
                    "observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 1,
                    "availableReplicas": 1,
                    "conditions": [
                        [
                            "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
                            "message": "no",
                        ]
                    ],
                ],
            ]),
        .init(
            .service,
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": SampleMetadata.metadata("landsat", uid: "service-uid", owner: owner),
            ]),
    ]
}
