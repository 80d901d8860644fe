import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

/// What the training operator 1.9 leaves behind: its definition of TFJob, and jobs, pods and services as it writes them.
struct TrainingOperatorWorld: Sendable {
    let cluster: OperatorCluster
    let namespace: String

    /// The kind as upstream defines it, pod templates aside: no field of ours, and unknown ones are pruned.
    static let definition = ForeignDefinition(
        resource: TFJob.resource,
        schema: [
            "type": "object",
            "properties": [
                "spec": [
                    "type": "object", "required": ["tfReplicaSpecs"],
                    "properties": [
                        "enableDynamicWorker": ["type": "boolean"], "successPolicy": ["type": "string"],
                        "runPolicy": [
                            "type": "object",
                            "properties": [
                                "activeDeadlineSeconds": integer, "backoffLimit": integer,
                                "cleanPodPolicy": ["type": "string"], "managedBy": ["type": "string"],
                                "suspend": ["type": "boolean", "default": false],
                                "ttlSecondsAfterFinished": integer,
                                "schedulingPolicy": [
                                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                ],
                            ],
                        ],
                        "tfReplicaSpecs": [
                            "type": "object",
                            "additionalProperties": [
                                "type": "object",
                                "properties": [
                                    "replicas": integer, "restartPolicy": ["type": "string"],
                                    "template": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                                ],
                            ],
                        ],
                    ],
                ],
                "status": [
                    "type": "object",
                    "properties": [
                        "completionTime": time, "lastReconcileTime": time, "startTime": time,
                        "conditions": [
                            "type": "array",
                            "items": [
                                "type": "object", "required": ["status", "type"],
                                "properties": [
                                    "type": ["type": "string"], "status": ["type": "string"],
                                    "reason": ["type": "string"], "message": ["type": "string"],
                                    "lastTransitionTime": time, "lastUpdateTime": time,
                                ],
                            ],
                        ],
                        "replicaStatuses": [
                            "type": "object",
                            "additionalProperties": [
                                "type": "object",
                                "properties": [
                                    "active": integer, "failed": integer, "succeeded": integer,
                                    "labelSelector": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                                    "selector": ["type": "string"],
                                ],
                            ],
                        ],
                    ],
                ],
            ],
        ],
        columns: [
            ["name": "State", "type": "string", "jsonPath": ".status.conditions[-1:].type"],
            ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
        ])

    private static let integer: JSONValue = ["type": "integer"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let started = "2026-01-01T08:00:00Z"
    static let ended = "2026-01-01T09:00:00Z"

    /// Makes a job with this status, written as upstream writes it.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - conditions: Types with the status of each, in order.
    ///   - isCompleted: Whether `completionTime` is set, which upstream forgets after a permanent exit code.
    ///   - replicas: What `replicaStatuses` says of the workers.
    /// - Returns: The job's uid.
    func job(
        _ job: Manifest, _ conditions: [(type: String, status: String)], isCompleted: Bool = false,
        replicas: JSONValue = [:]
    ) async throws -> String {
        let created = try await cluster.admin.create(job)
        var status: JSONValue = [
            "startTime": .string(Self.started), "replicaStatuses": ["Worker": replicas],
            "conditions": .array(
                conditions.map { condition in
                    [
                        "type": .string(condition.type), "status": .string(condition.status),
                        "reason": .string("TFJob\(condition.type)"), "message": "as upstream says it",
                        "lastTransitionTime": .string(Self.ended), "lastUpdateTime": .string(Self.ended),
                    ]
                }),
        ]
        if isCompleted { status["completionTime"] = .string(Self.ended) }
        try await cluster.admin.patchStatus(job.reference, ["status": status])
        return created["metadata"]?["uid"]?.stringValue ?? ""
    }

    /// Makes a worker's pod and service, as upstream labels and owns them.
    func worker(_ index: Int, of job: String, uid: String) async throws {
        let name = "\(job)-worker-\(index)"
        var labels: JSONValue = [
            "training.kubeflow.org/job-name": .string(job), "training.kubeflow.org/operator-name": "tfjob-controller",
            "training.kubeflow.org/replica-index": .string("\(index)"), "training.kubeflow.org/replica-type": "worker",
        ]
        let owner: JSONValue = [
            "apiVersion": "kubeflow.org/v1", "kind": "TFJob", "name": .string(job), "uid": .string(uid),
            "controller": true, "blockOwnerDeletion": true,
        ]
        let selector = labels
        let service = Reference(Service.resource, namespace: namespace, name: name)
        try await cluster.admin.create(
            Manifest(
                service,
                [
                    "metadata": ["labels": selector, "ownerReferences": [owner]],
                    "spec": [
                        "clusterIP": "None", "selector": selector, "ports": [["name": "tfjob-port", "port": 2222]],
                    ],
                ]))
        if index == 0 { labels["training.kubeflow.org/job-role"] = "master" }
        let pod = Reference(Pod.resource, namespace: namespace, name: name)
        try await cluster.admin.create(
            Manifest(
                pod,
                [
                    "metadata": ["labels": labels, "ownerReferences": [owner]],
                    "spec": [
                        "restartPolicy": "Never",
                        "containers": [
                            [
                                "name": "tensorflow", "image": "mnist:1",
                                "ports": [["name": "tfjob-port", "containerPort": 2222]],
                            ]
                        ],
                    ],
                ]))
    }
}
