import AerieAPI
import Decisions
import KubernetesAPI
import KubernetesClient
import TestCluster

/// TFJobs that wait their turn; the schedulers' and Kueue's part is played by people.
extension Life {
    static let queuedTFJobs = [volcano, coscheduling, kueue]

    /// Volcano lets the group into its queue, and then there are pods.
    private static var volcano: Life {
        var life = gang("gang of Volcano", .volcano) { scene in
            scene.endsInTurn(of: 2) ? .ends(exitCode: 0) : .runs
        }
        life.people = { cluster, namespace in
            try await cluster.wait(for: TFJob.self, namespace, name, "it waits for its turn") {
                $0.status?.reason == "PodGroupPending"
            }
            try await cluster.admin.patchStatus(
                Reference(VolcanoPodGroup.resource, namespace: namespace, name: name),
                ["status": ["phase": "Inqueue"]])
        }
        return life
    }

    /// The pods come with the group; the group goes when the job is suspended, and comes again.
    private static var coscheduling: Life {
        var life = gang("gang of the coscheduling plugin, suspended once", .schedulerPlugins(name: scheduler)) {
            scene in
            scene.attempt == 2 && scene.endsInTurn(of: 2) ? .ends(exitCode: 0) : .runs
        }
        life.people = { cluster, namespace in
            try await cluster.waitUntilAllAreReady(in: namespace)
            try await cluster.change(["runPolicy": ["suspend": true]], in: namespace)
            try await cluster.waitUntilSuspended(in: namespace)
            try await cluster.waitForNone(SchedulerPluginsPodGroup.resource, in: namespace)
            try await cluster.change(["runPolicy": ["suspend": false]], in: namespace)
        }
        return life
    }

    /// Admitted with node selectors, preempted, and admitted to other nodes.
    private static var kueue: Life {
        var life = tfJob(
            "admitted by Kueue, preempted, admitted elsewhere", ["Chief": 1, "Worker": 1], runPolicy: ["suspend": true]
        ) { scene in
            scene.isSeen && scene.attempt == 2 && scene.type == .chief ? .ends(exitCode: 0) : .runs
        }
        let plain = life.manifest
        life.manifest = { namespace in
            var manifest = plain(namespace)
            manifest.body["metadata"]?["labels"] = ["kueue.x-k8s.io/queue-name": "gpus"]
            return manifest
        }
        life.people = { cluster, namespace in
            try await cluster.waitUntilSuspended(in: namespace)
            try await cluster.change(admission(to: "spot"), in: namespace)
            try await cluster.waitUntilAllAreReady(in: namespace)
            try await cluster.change(["runPolicy": ["suspend": true]], in: namespace)
            try await cluster.waitUntilSuspended(in: namespace)
            try await cluster.change(admission(to: "reserved"), in: namespace)
        }
        return life
    }

    /// What Kueue writes in one request with the end of the suspension.
    private static func admission(to flavor: String) -> JSONValue {
        let replica: JSONValue = [
            "template": [
                "metadata": ["labels": ["flavor": .string(flavor)]],
                "spec": [
                    "nodeSelector": ["pool": .string(flavor)],
                    "tolerations": [["key": "gpu", "operator": "Exists", "effect": "NoSchedule"]],
                ],
            ]
        ]
        return ["runPolicy": ["suspend": false], "tfReplicaSpecs": ["Chief": replica, "Worker": replica]]
    }

    private static func gang(
        _ description: String, _ gang: GangScheduler, script: @escaping Kubelet.Script
    ) -> Life {
        var life = tfJob(description, ["Worker": 2], script: script)
        life.arguments = ["--gang-scheduler-name", gang.name]
        life.foreignKinds = [gang.podGroup]
        return life
    }
}
