import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

/// TFJobs of every shape.
extension Life {
    static let tfJobs = [
        tfJob("chief, two workers, one parameter server", ["Chief": 1, "Worker": 2, "PS": 1]) { scene in
            scene.isSeen && scene.type == .chief ? .ends(exitCode: 0) : .runs
        },
        tfJob("two workers", ["Worker": 2], runPolicy: ["cleanPodPolicy": "All"]) { scene in
            scene.endsInTurn(of: 2) ? .ends(exitCode: 0) : .runs
        },
        tfJob("all workers, success policy AllWorkers", ["Worker": 2], spec: ["successPolicy": "AllWorkers"]) {
            $0.endsInTurn(of: 2) ? .ends(exitCode: 0) : .runs
        },
        tfJob("chief with evaluator", ["Chief": 1, "Worker": 1, "Evaluator": 1]) { scene in
            scene.isSeen && scene.type == .chief ? .ends(exitCode: 0) : .runs
        },
        tfJob(
            "one of every type", ["Chief": 1, "Worker": 1, "PS": 1, "Evaluator": 1],
            runPolicy: ["cleanPodPolicy": "Running"]
        ) { scene in
            scene.isSeen && scene.type == .chief ? .ends(exitCode: 0) : .runs
        },
        tfJob("master and worker", ["Master": 1, "Worker": 1], runPolicy: ["cleanPodPolicy": "All"]) { scene in
            scene.isSeen && scene.type == .master ? .ends(exitCode: 0) : .runs
        },
        tfJob("parameter server and evaluator alone", ["PS": 1, "Evaluator": 1]) { scene in
            guard scene.isSeen else { return .runs }
            let ended = scene.job?.status?.replicaStatuses[.ps]?.succeeded == 1
            return scene.type == .ps || ended ? .ends(exitCode: 0) : .runs
        },
        tfJob("failure under Never", ["Chief": 1, "Worker": 1]) { scene in
            scene.isSeen && scene.type == .worker ? .ends(exitCode: 137, message: "killed") : .runs
        },
        tfJob("restarted in place under OnFailure", ["Worker": 1], restartPolicy: "OnFailure") { scene in
            guard scene.isSeen, scene.pod.restarts == scene.restarts else { return .runs }
            return scene.restarts < 2 ? .restarts(times: scene.restarts + 1, exitCode: 1) : .ends(exitCode: 0)
        },
        tfJob(
            "back-off limit reached in place under Always", ["Worker": 1], restartPolicy: "Always",
            runPolicy: ["backoffLimit": 1]
        ) { scene in
            scene.isSeen && scene.pod.restarts == scene.restarts
                ? .restarts(times: scene.restarts + 1, exitCode: 3) : .runs
        },
        tfJob("worker killed once", ["Worker": 1], restartPolicy: "ExitCode") { scene in
            guard scene.isSeen else { return .runs }
            return scene.attempt == 1
                ? .ends(exitCode: 137, message: "out of luck") : scene.restarts == 1 ? .ends(exitCode: 0) : .runs
        },
        tfJob("permanent failure", ["Chief": 1, "Worker": 1], restartPolicy: "ExitCode") { scene in
            scene.isSeen && scene.type == .worker ? .ends(exitCode: 2, message: "wrong") : .runs
        },
        tfJob(
            "back-off limit reached", ["Worker": 1], restartPolicy: "ExitCode", runPolicy: ["backoffLimit": 1]
        ) { scene in
            scene.isSeen && scene.restarts == scene.attempt - 1 ? .ends(exitCode: 137) : .runs
        },
        tfJob("evicted once", ["Worker": 1], runPolicy: ["backoffLimit": 0]) { scene in
            guard scene.isSeen else { return .runs }
            return scene.attempt == 1
                ? .evicted : scene.job?.status?.disruptions == 1 ? .ends(exitCode: 0) : .runs
        },
        tfJob(
            "a dynamic worker lost for good", ["Worker": 2], spec: ["enableDynamicWorker": true]
        ) { scene in
            if scene.isSeen, scene.pod.workerIndex == 1 { return .ends(exitCode: 1) }
            return scene.pod.workerIndex == 0 && scene.job?.status?.replicaStatuses[.worker]?.failed == 1
                ? .ends(exitCode: 0) : .runs
        },
        deadline, timeToLive, suspended, dynamic, smaller,
    ]

    /// The deadline comes when the job runs, however long that took.
    private static var deadline: Life {
        var life = tfJob("deadline", ["Worker": 1]) { _ in .runs }
        life.people = { cluster, namespace in
            try await cluster.waitUntilAllAreReady(in: namespace)
            try await cluster.change(["runPolicy": ["activeDeadlineSeconds": 1]], in: namespace)
        }
        return life
    }

    private static var timeToLive: Life {
        var life = tfJob(
            "deleted after its TTL", ["Worker": 1], runPolicy: ["ttlSecondsAfterFinished": 1]
        ) { scene in
            scene.isSeen ? .ends(exitCode: 0) : .runs
        }
        life.leavesNothing = true
        return life
    }

    /// Suspended from the start, resumed, suspended while it runs, and resumed to its end.
    private static var suspended: Life {
        var life = tfJob("suspended and resumed twice", ["Worker": 1], runPolicy: ["suspend": true]) { scene in
            scene.isSeen && scene.attempt == 2 ? .ends(exitCode: 0) : .runs
        }
        life.people = { cluster, namespace in
            for suspend in [false, true, false] {
                if suspend {
                    try await cluster.waitUntilAllAreReady(in: namespace)
                } else {
                    try await cluster.waitUntilSuspended(in: namespace)
                }
                try await cluster.change(["runPolicy": ["suspend": .bool(suspend)]], in: namespace)
            }
        }
        return life
    }

    /// Grows from two workers to three while it runs.
    private static var dynamic: Life {
        var life = tfJob(
            "dynamic workers, two and then three", ["Worker": 2], spec: ["enableDynamicWorker": true]
        ) { scene in
            scene.job?.spec.tfReplicaSpecs[.worker]?.replicas == 3 && scene.job?.status?.ready != "2/2"
                && scene.endsInTurn(of: 3) ? .ends(exitCode: 0) : .runs
        }
        life.people = resizing(to: 3)
        return life
    }

    /// Shrinks from three workers to two while it runs.
    private static var smaller: Life {
        var life = tfJob("three workers and then two", ["Worker": 3]) { scene in
            let isSmaller = scene.job?.status?.ready?.hasSuffix("/2") == true
            return isSmaller && scene.pod.workerIndex != 2 && scene.endsInTurn(of: 2) ? .ends(exitCode: 0) : .runs
        }
        life.people = resizing(to: 2)
        return life
    }

    /// What people do who want another number of workers once all are at work.
    private static func resizing(to workers: Int) -> @Sendable (OperatorCluster, String) async throws -> Void {
        { cluster, namespace in
            try await cluster.waitUntilAllAreReady(in: namespace)
            try await cluster.change(["tfReplicaSpecs": ["Worker": ["replicas": JSONValue(workers)]]], in: namespace)
        }
    }

    static let name = "mnist"

    static func tfJob(
        _ description: String, _ replicas: [String: Int], restartPolicy: String = "Never",
        runPolicy: JSONValue = [:], spec: JSONValue = [:], script: @escaping Kubelet.Script
    ) -> Life {
        Life(
            description: description,
            manifest: { namespace in
                var whole = spec
                whole["runPolicy"] = runPolicy
                whole["tfReplicaSpecs"] = .object(
                    replicas.mapValues { count in
                        [
                            "replicas": JSONValue(count), "restartPolicy": .string(restartPolicy),
                            "template": [
                                "spec": [
                                    "schedulerName": .string(scheduler),
                                    "containers": [["name": "tensorflow", "image": "mnist:1"]],
                                ]
                            ],
                        ]
                    })
                return Manifest(Reference(TFJob.resource, namespace: namespace, name: name), ["spec": whole])
            }, script: script)
    }
}

extension Kubelet.Scene {
    var type: TFJob.ReplicaType? {
        pod.label(TFJob.Label.replicaType).flatMap(TFJob.ReplicaType.init(anyCase:))
    }

    /// Those that the controller has counted.
    var restarts: Int { job?.status?.restarts ?? 0 }

    /// The last worker ends first, and each of the others once the end of the one after it is on record.
    func endsInTurn(of count: Int) -> Bool {
        guard isSeen, let index = pod.workerIndex else { return false }
        let ended = job?.status?.replicaStatuses[.worker]?.completedIndexes
        return ((index + 1)..<max(count, index + 1)).allSatisfy { ended?.contains($0) == true }
    }
}
