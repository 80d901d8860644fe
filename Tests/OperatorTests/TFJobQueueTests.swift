import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Kueue's part is played by the tests: it suspends and resumes jobs, and reads what became of them.
@Suite(.timeLimit(.minutes(10))) struct TFJobQueueTests {
    /// As Kueue finds the pods of a TFJob.
    private static func selector(_ name: String) -> String {
        "training.kubeflow.org/job-name=\(name),training.kubeflow.org/operator-name=tfjob-controller"
    }

    private static func queued(_ name: String, in namespace: String, workers: Int) -> Manifest {
        var job = Samples.tfJob(name, in: namespace, workers: workers, runPolicy: ["suspend": true])
        job.body["metadata"]?["labels"] = ["kueue.x-k8s.io/queue-name": "gpus"]
        // Holds a deleted pod until somebody lets it go, as a node does while the program stops.
        var worker = job.body["spec"]?["tfReplicaSpecs"]?["Worker"] ?? [:]
        worker["template"]?["metadata"]?["finalizers"] = ["example.com/stopping"]
        job.body["spec"]?["tfReplicaSpecs"] = ["Worker": worker]
        return job
    }

    /// What Kueue writes on admission, in one request with the end of the suspension.
    private static func admission(flavor: String) -> JSONValue {
        [
            "spec": [
                "runPolicy": ["suspend": false],
                "tfReplicaSpecs": [
                    "Worker": [
                        "template": [
                            "metadata": ["labels": ["flavor": .string(flavor)], "annotations": ["pool": "a"]],
                            "spec": [
                                "nodeSelector": ["pool": .string(flavor)],
                                "tolerations": [["key": "gpu", "operator": "Exists", "effect": "NoSchedule"]],
                            ],
                        ]
                    ]
                ],
            ]
        ]
    }

    private func letGo(_ cluster: OperatorCluster, _ namespace: String) async throws {
        for pod in try await cluster.all(Pod.self, in: namespace) {
            try await cluster.admin.patch(pod.reference, ["metadata": ["finalizers": []]])
        }
    }

    private func active(_ job: TFJob) -> Int {
        (job.status?.replicaStatuses ?? [:]).values.reduce(0) { $0 + $1.active }
    }

    @Test func `10 and 18: admitted, preempted, admitted elsewhere and finished, as Kueue does it`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            let job = Self.queued("queued", in: namespace, workers: 2)
            try await cluster.admin.create(job)
            let waiting = try await cluster.wait(for: TFJob.self, namespace, "queued", "it is suspended") {
                $0.status?.isTrue(.suspended) == true
            }
            #expect(active(waiting) == 0)
            #expect(waiting.status?.queue == "gpus")

            // Admitted: the flavor's node labels and tolerations reach the pods.
            try await cluster.admin.patch(job.reference, Self.admission(flavor: "spot"))
            let pod = try await cluster.document(Pod.resource, namespace, "queued-worker-1")
            #expect(pod["spec"]?["nodeSelector"] == ["pool": "spot"])
            #expect(pod["spec"]?["tolerations"]?.arrayValue?.contains { $0["key"] == "gpu" } ?? false)
            #expect(pod["metadata"]?["labels"]?["flavor"] == "spot")
            #expect(pod["metadata"]?["annotations"]?["pool"] == "a")

            // Running with the first pod, AllReplicasReady with the last.
            let first = try await cluster.wait(for: Pod.self, namespace, "queued-worker-0", "it exists") { _ in true }
            stage.allow(.runs, uid: first.metadata.uid)
            let partly = try await cluster.wait(for: TFJob.self, namespace, "queued", "it runs") {
                $0.status?.isTrue(.running) == true
            }
            #expect(partly.status?.isTrue(.allReplicasReady) == false)
            #expect(partly.status?.ready == "1/2")
            stage.allow(.runs)
            let ready = try await cluster.wait(for: TFJob.self, namespace, "queued", "all are ready") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(active(ready) == 2)
            let found = try await cluster.admin.list(
                Pod.resource, Selection(namespace: namespace, labelSelector: Self.selector("queued")))
            #expect(found.count == 2)

            // Preempted: the quota is free when the pods are gone, not when they are told to go.
            try await cluster.admin.patch(job.reference, ["spec": ["runPolicy": ["suspend": true]]])
            let stopping = try await cluster.wait(for: TFJob.self, namespace, "queued", "it stops") {
                $0.status?.isTrue(.suspended) == true
            }
            #expect(active(stopping) == 2)
            #expect(stopping.status?.isTrue(.running) == false)
            try await cluster.touch(job.reference, times: 3)
            // The status is on record before the pods are told.
            try await eventually("all pods are told to go") {
                let pods = try await cluster.all(Pod.self, in: namespace)
                return pods.count == 2 && pods.allSatisfy { $0.metadata.deletionTimestamp != nil } ? true : nil
            }
            let touched = try await cluster.admin.get(TFJob.self, ObjectKey(namespace: namespace, name: "queued"))
            #expect(active(touched) == 2)
            try await letGo(cluster, namespace)
            let stopped = try await cluster.wait(for: TFJob.self, namespace, "queued", "its pods are gone") {
                active($0) == 0
            }
            #expect(stopped.status?.restarts == 0)
            #expect(stopped.status?.disruptions == 0)

            // Admitted to other nodes: the template of the first time is forgotten.
            try await cluster.admin.patch(job.reference, Self.admission(flavor: "reserved"))
            let again = try await cluster.document(Pod.resource, namespace, "queued-worker-0")
            #expect(again["spec"]?["nodeSelector"] == ["pool": "reserved"])
            stage.allow(.ends(exitCode: 0))
            let ended = try await cluster.wait(for: TFJob.self, namespace, "queued", "it succeeds") {
                $0.status?.isTrue(.succeeded) == true
            }
            #expect(ended.status?.condition(.suspended)?.status == .no)
            let verdict = ended.status?.conditions.first { $0.type.value?.isTerminal ?? false && $0.status == .yes }
            #expect(verdict?.type == .known(.succeeded))
            #expect(verdict?.message == "TFJob \(namespace)/queued successfully completed.")
            try await letGo(cluster, namespace)
        }
    }

    @Test func `a job of another cluster is left alone, whatever happens to it`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let far = Samples.tfJob(
                "far", in: namespace, workers: 1, runPolicy: ["managedBy": "kueue.x-k8s.io/multikueue"])
            let near = Samples.tfJob(
                "near", in: namespace, workers: 1, runPolicy: ["managedBy": "kubeflow.org/training-operator"])
            try await cluster.admin.create(far)
            // Copied back from the cluster where it runs.
            let status: JSONValue = [
                "conditions": [["type": "Running", "status": "True", "reason": "TFJobRunning", "message": "far away"]],
                "replicaStatuses": ["Worker": ["active": 1]],
            ]
            try await cluster.admin.patchStatus(far.reference, ["status": status])
            try await cluster.admin.create(near)
            try await cluster.wait(for: TFJob.self, namespace, "near", "the other one runs") {
                $0.status?.isTrue(.running) == true
            }
            #expect(try await cluster.admin.get(far.reference)["status"] == status)
            #expect(try await cluster.all(Pod.self, in: namespace).map(\.metadata.name) == ["near-worker-0"])
        }
    }
}
