import AerieAPI
import KubernetesAPI
import Testing

/// What is read from manifests, and what is written into statuses.
@Suite struct TFJobCodingTests {
    private func job(_ spec: JSONValue) throws -> TFJob {
        let document: JSONValue = [
            "apiVersion": "kubeflow.org/v1", "kind": "TFJob", "metadata": ["name": "mnist", "namespace": "ml"],
            "spec": spec,
        ]
        return try document.decode()
    }

    @Test(arguments: [
        ("worker", TFJob.ReplicaType.worker), ("WORKER", .worker), ("Worker", .worker), ("ps", .ps), ("Ps", .ps),
        ("chief", .chief), ("MASTER", .master), ("evaluator", .evaluator),
    ])
    func `replica types are read in any case`(key: String, type: TFJob.ReplicaType) throws {
        let job = try job(["tfReplicaSpecs": [key: ["replicas": 3]]])
        #expect(job.spec.tfReplicaSpecs[type]?.replicas == 3)
        #expect(job.spec.misnamedReplicaTypes.isEmpty)
    }

    @Test func `unknown and repeated replica types are kept for the error`() throws {
        let job = try job(["tfReplicaSpecs": ["Worker": [:], "worker": [:], "Launcher": [:]]])
        #expect(Set(job.spec.tfReplicaSpecs.keys) == [.worker])
        #expect(job.spec.misnamedReplicaTypes == ["Launcher", "worker"])
    }

    @Test func `fields of the run policy directly under spec count unless runPolicy has them`() throws {
        let job = try job([
            "cleanPodPolicy": "All", "ttlSecondsAfterFinished": 60, "activeDeadlineSeconds": 10, "backoffLimit": 2,
            "runPolicy": ["backoffLimit": 5], "tfReplicaSpecs": ["Worker": [:]],
        ])
        #expect(job.cleanPodPolicy == .all)
        #expect(job.spec.runPolicy.ttlSecondsAfterFinished == 60)
        #expect(job.spec.runPolicy.activeDeadlineSeconds == 10)
        #expect(job.spec.runPolicy.backoffLimit == 5)
        #expect(
            job.spec.legacyFields == [
                "activeDeadlineSeconds", "backoffLimit", "cleanPodPolicy", "ttlSecondsAfterFinished",
            ])
    }

    @Test func `a job that leaves everything out has upstream's defaults`() throws {
        let job = try job(["tfReplicaSpecs": ["Worker": ["template": .template]]])
        let worker = try #require(job.replicas.first)
        #expect(worker.count == 1)
        #expect(worker.restartPolicy == .never)
        #expect(worker.tensorFlowPort == 2222)
        #expect(worker.ports.map(\.name) == ["tfjob-port"])
        #expect(job.cleanPodPolicy == .nothing)
        #expect(!job.isSuspended)
        #expect(!job.isManagedElsewhere)
        #expect(job.spec.tfReplicaSpecs[.worker]?.template == .template)
    }

    @Test func `words that are not in the list are kept as they were written`() throws {
        let job = try job([
            "runPolicy": ["cleanPodPolicy": "Some"], "tfReplicaSpecs": ["Worker": ["restartPolicy": "Sometimes"]],
        ])
        #expect(job.spec.runPolicy.cleanPodPolicy == .other("Some"))
        #expect(job.spec.tfReplicaSpecs[.worker]?.restartPolicy?.text == "Sometimes")
    }

    @Test(arguments: [
        ("kubeflow.org/training-operator", false), ("kueue.x-k8s.io/multikueue", true), ("example.org/other", true),
        ("", false),
    ])
    func `managedBy names who is in charge`(manager: String, isElsewhere: Bool) throws {
        let job = try job(["runPolicy": ["managedBy": .string(manager)], "tfReplicaSpecs": ["Worker": [:]]])
        #expect(job.isManagedElsewhere == isElsewhere)
    }

    @Test func `replicas come in the order in which queueing systems expect them`() throws {
        let specs = Dictionary(
            uniqueKeysWithValues: TFJob.ReplicaType.allCases.map { ($0.rawValue, JSONValue.object([:])) })
        #expect(
            try job(["tfReplicaSpecs": .object(specs)]).replicas.map(\.type) == [
                .chief, .master, .ps, .worker, .evaluator,
            ])
    }

    @Test func `a status of upstream is read and written back without loss`() throws {
        let stored: JSONValue = [
            "conditions": [
                [
                    "type": "Created", "status": "True", "reason": "TFJobCreated", "message": "TFJob mnist is created.",
                    "lastUpdateTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z",
                ]
            ],
            "replicaStatuses": ["Worker": ["active": 2], "PS": [:]], "startTime": "2026-01-01T00:00:00Z",
        ]
        let status: TFJob.Status = try stored.decode()
        #expect(status.replicaStatuses[.worker]?.active == 2)
        var expected = stored
        expected["restarts"] = 0
        expected["disruptions"] = 0
        #expect(status.json == expected)
    }

    @Test func `a full status is the same after a round trip, and however it is encoded`() throws {
        let now = Time(seconds: 1_767_225_600)
        let attempt = TFJob.Attempt(
            pod: "mnist-worker-0", uid: "u", replicaType: .worker, index: 0, cause: .disruption, node: "n1",
            exitCode: 137, meaning: "killed", reason: "Evicted", message: "low on memory", startTime: now, endTime: now,
            containerRestarts: 2, counted: 3)
        let replicas = TFJob.ReplicaStatus(
            active: 1, succeeded: 2, failed: 3, selector: "a=b", restarts: 4, disruptions: 5,
            completedIndexes: CompletedIndexes([0, 2, 3]))
        let status = TFJob.Status(
            conditions: [TFJob.JobCondition(.stalled, reason: "NameTaken", message: "wait", at: now)],
            replicaStatuses: [.worker: replicas], startTime: now, completionTime: now, lastReconcileTime: now,
            reason: "NameTaken", ready: "1/4", restarts: 4, disruptions: 5, attempts: [attempt], observedGeneration: 7)
        #expect(try status.json.decode(TFJob.Status.self) == status)
        #expect(try JSONValue(encoding: status) == status.json)
    }

    private static let notations: [(String, Set<Int>)] = [
        ("", []), ("0", [0]), ("0,2-4,7", [0, 2, 3, 4, 7]), ("1-2,4", [1, 2, 4]), ("10-12", [10, 11, 12]),
    ]

    @Test(arguments: notations)
    func `completed indexes have the notation of indexed jobs`(text: String, indexes: Set<Int>) {
        #expect(CompletedIndexes(text)?.indexes == indexes)
        #expect(CompletedIndexes(indexes).description == text)
    }

    @Test(arguments: ["x", "1,", "3-1", "-1", "1-2-3", "0-999999999"])
    func `anything else is no list of indexes`(text: String) {
        #expect(CompletedIndexes(text) == nil)
    }
}

extension JSONValue {
    static let template: JSONValue = ["spec": ["containers": [["name": "tensorflow", "image": "i"]]]]
}
