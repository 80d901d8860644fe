/// A TFJob with every field that is read, and what there is of it in the middle of its life.
enum TFJobSample {
    private static func template() -> Document {
        [
            "metadata": ["labels": ["team": "imagery"], "annotations": ["note": "a"]],
            "spec": [
                "serviceAccountName": "trainer", "priorityClassName": "high", "schedulerName": "volcano",
                "nodeSelector": ["pool": "gpu"], "restartPolicy": "Never", "hostNetwork": false,
                "tolerations": [["key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"]],
                "initContainers": [["name": "fetch", "image": "fetch:1", "restartPolicy": "Always"]],
                "containers": [
                    [
                        "name": "tensorflow", "image": "mnist:1", "command": ["python"], "args": ["train.py"],
                        "env": [["name": "A", "value": "b"]], "ports": [["name": "tfjob-port", "containerPort": 2222]],
                        "resources": [
                            "limits": ["nvidia.com/gpu": 1, "cpu": "500m", "memory": "1Gi"], "requests": ["cpu": "1"],
                        ],
                        "volumeMounts": [["name": "data", "mountPath": "/data"]], "nodeSelector": ["a": "b"],
                    ],
                    ["name": "sidecar", "image": "sidecar:1", "resources": ["limits": ["memory": "64Mi"]]],
                ],
                "volumes": [["name": "data", "persistentVolumeClaim": ["claimName": "landsat"]]],
            ],
        ]
    }

    private static func replica(_ count: Document, _ policy: Document) -> Document {
        ["replicas": count, "restartPolicy": policy, "template": template()]
    }

    private static func condition(_ type: Document, _ status: Document) -> Document {
        [
            "type": type, "status": status, "reason": "TFJobRunning", "message": "TFJob runs.",
            "lastUpdateTime": SampleMetadata.time, "lastTransitionTime": SampleMetadata.time,
        ]
    }

    static let document: Document = [
        "apiVersion": "kubeflow.org/v1", "kind": "TFJob",
        "metadata": SampleMetadata.metadata("mnist", uid: "job-uid", labels: ["team": "imagery"]),
        "spec": [
            "successPolicy": "AllWorkers", "enableDynamicWorker": false,
            "runPolicy": [
                "cleanPodPolicy": "Running", "ttlSecondsAfterFinished": 600, "activeDeadlineSeconds": 3600,
                "backoffLimit": 6, "suspend": false, "managedBy": "kubeflow.org/training-operator",
                "schedulingPolicy": [
                    "minAvailable": 3, "queue": "gpus", "minResources": ["cpu": "2", "nvidia.com/gpu": 1],
                    "priorityClass": "high", "scheduleTimeoutSeconds": 60,
                ],
            ],
            "tfReplicaSpecs": [
                "Chief": replica(1, "ExitCode"), "PS": replica(2, "Always"), "Worker": replica(4, "OnFailure"),
                "Evaluator": replica(1, "Never"),
            ],
        ],
        "status": [
            "startTime": SampleMetadata.time, "lastReconcileTime": SampleMetadata.time, "reason": "TFJobRunning",
            "ready": "2/8", "queue": "gpus", "accelerators": "8 nvidia.com/gpu", "nodes": "node-1", "restarts": 2,
            "disruptions": 1, "observedGeneration": 1,
            "conditions": [
                condition("Created", "True"), condition("Stalled", "True"), condition("AllReplicasReady", "False"),
                condition("Running", "True"),
            ],
            "replicaStatuses": [
                "Chief": ["active": 1], "Evaluator": ["active": 0],
                "Worker": [
                    "active": 2, "succeeded": 2, "failed": 1, "restarts": 2, "disruptions": 1, "selector": "a=b",
                    "completedIndexes": "0,2-3",
                ],
            ],
            "attempts": [
                attempt("mnist-worker-1", "old-1", index: 1, cause: "Failure"),
                attempt("mnist-worker-3", "old-3", index: 3, cause: "Disruption"),
                attempt("mnist-chief-0", "pod-chief", index: 0, cause: "Failure", type: "Chief"),
            ],
        ],
    ]

    private static func attempt(
        _ pod: Document, _ uid: Document, index: Document, cause: Document, type: Document = "Worker"
    ) -> Document {
        [
            "pod": pod, "uid": uid, "replicaType": type, "index": index, "cause": cause, "node": "node-1",
            "container": "tensorflow", "exitCode": 137, "meaning": "killed", "reason": "OOMKilled", "message": "log",
            "startTime": SampleMetadata.time, "endTime": SampleMetadata.time, "containerRestarts": 1, "counted": 1,
        ]
    }

    private static func labels(_ type: Document, _ index: Document) -> Document {
        [
            "training.kubeflow.org/job-name": "mnist", "training.kubeflow.org/operator-name": "tfjob-controller",
            "training.kubeflow.org/replica-type": type, "training.kubeflow.org/replica-index": index,
        ]
    }

    private static let owner = SampleMetadata.owner("kubeflow.org/v1", "TFJob", "mnist", uid: "job-uid")

    private static func pod(_ type: String, _ index: Int, uid: String, _ status: Document) -> Document {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": SampleMetadata.metadata(
                "mnist-\(type)-\(index)", uid: uid, labels: labels(.text(type), .text(String(index))), owner: owner),
            "spec": ["nodeName": "node-1", "schedulerName": "volcano"], "status": status,
        ]
    }

    private static func ended(_ code: Document, _ reason: Document) -> Document {
        [
            "terminated": [
                "exitCode": code, "signal": 9, "reason": reason, "message": "the end of the log",
                "startedAt": SampleMetadata.time, "finishedAt": SampleMetadata.time,
            ]
        ]
    }

    static let parts: [World.Part] = [
        .init(
            .pod,
            pod(
                "chief", 0, uid: "pod-chief",
                [
                    "phase": "Failed", "reason": "Evicted", "message": "The node was low on memory.",
                    "startTime": SampleMetadata.time,
                    "containerStatuses": [
                        ["name": "tensorflow", "ready": false, "restartCount": 1, "state": ended(137, "OOMKilled")]
                    ],
                ])),
        .init(
            .pod,
            pod(
                "worker", 0, uid: "pod-worker-0",
                [
                    "phase": "Running", "podIP": "10.0.0.7", "startTime": SampleMetadata.time,
                    "conditions": [["type": "Ready", "status": "True", "reason": "", "message": ""]],
                    "initContainerStatuses": [
                        [
                            "name": "fetch", "ready": true, "restartCount": 0,
                            "state": ["running": ["startedAt": SampleMetadata.time]],
                        ]
                    ],
                    "containerStatuses": [
                        [
                            "name": "tensorflow", "ready": true, "restartCount": 2,
                            "state": ["running": ["startedAt": SampleMetadata.time]], "lastState": ended(1, "Error"),
                        ]
                    ],
                ])),
        .init(
            .pod,
            pod(
                "worker", 1, uid: "pod-worker-1",
                [
                    "phase": "Failed",
                    "containerStatuses": [["name": "tensorflow", "restartCount": 0, "state": ended(1, "Error")]],
                ])),
        .init(
            .pod,
            pod(
                "worker", 3, uid: "pod-worker-3",
                [
                    "phase": "Pending",
                    "conditions": [
                        ["type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes."]
                    ],
                    "containerStatuses": [
                        [
                            "name": "tensorflow", "restartCount": 0,
                            "state": ["waiting": ["reason": "ImagePullBackOff", "message": "no"]],
                        ]
                    ],
                ])),
        .init(
            .pod,
            pod(
                "ps", 0, uid: "pod-ps-0",
                ["phase": "Succeeded", "containerStatuses": [["name": "tensorflow", "state": ended(0, "Completed")]]])),
        .init(
            .service,
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": SampleMetadata.metadata(
                    "mnist-worker-0", uid: "service-uid", labels: labels("worker", "0"), owner: owner),
            ]),
        .init(
            .podGroup,
            [
                "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": "PodGroup",
                "metadata": SampleMetadata.metadata("mnist", uid: "group-uid", owner: owner),
                "spec": ["minMember": 3, "queue": "gpus", "minResources": ["cpu": "2"]],
                "status": [
                    "phase": "Inqueue",
                    "conditions": [["type": "Unschedulable", "status": "True", "reason": "No", "message": "no room"]],
                ],
            ]),
    ]
}
