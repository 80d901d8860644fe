import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// TFJobs on a real control plane.
@Suite(.timeLimit(.minutes(10))) struct TFJobTests {
    @Test func `the workers of a job get upstream's names, labels and TF_CONFIG, and the job runs and succeeds`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            try await cluster.admin.create(Samples.tfJob("mnist", in: namespace, workers: 2))
            try await cluster.wait(for: TFJob.self, namespace, "mnist", "a job with pods is created") {
                $0.status?.isTrue(.created) == true
            }
            for index in 0..<2 {
                let name = "mnist-worker-\(index)"
                expectWorker(try await cluster.document(Pod.resource, namespace, name), index, namespace)
                expectService(try await cluster.document(Service.resource, namespace, name), index)
            }

            stage.allow(.runs)
            let running = try await cluster.wait(for: TFJob.self, namespace, "mnist", "a job of ready pods runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(running.status?.isTrue(.running) == true)
            #expect(running.status?.ready == "2/2")
            #expect(running.status?.replicaStatuses[.worker]?.active == 2)

            stage.allow(.ends(exitCode: 0))
            let ended = try await cluster.wait(for: TFJob.self, namespace, "mnist", "it succeeds with its workers") {
                $0.status?.isTrue(.succeeded) == true
            }
            #expect(ended.status?.conditions.last?.type.value == .succeeded)
            #expect(ended.status?.condition(.running)?.status == .no)
            #expect(ended.status?.completionTime != nil)
            #expect(ended.status?.restarts == 0)
            try await cluster.waitForNone(Service.resource, in: namespace)
            let pods = try await cluster.all(Pod.self, in: namespace)
            #expect(pods.map(\.metadata.name) == ["mnist-worker-0", "mnist-worker-1"], "logs stay readable")
        }
    }

    private func expectWorker(_ pod: JSONValue, _ index: Int, _ namespace: String) {
        var labels = workerLabels(index)
        labels["team"] = "vision"
        if index == 0 { labels["training.kubeflow.org/job-role"] = "master" }
        #expect(pod["metadata"]?["labels"] == JSONValue(labels))
        #expect(pod["metadata"]?["ownerReferences"]?[0]?["kind"] == "TFJob")
        #expect(pod["spec"]?["restartPolicy"] == "Never")
        let hosts = (0..<2).map { "\"mnist-worker-\($0).\(namespace).svc:2222\"" }.joined(separator: ",")
        #expect(
            PlayedPod(pod).environment["TF_CONFIG"]
                == #"{"cluster":{"worker":[\#(hosts)]},"task":{"type":"worker","index":\#(index)},"environment":"cloud"}"#
        )
    }

    private func expectService(_ service: JSONValue, _ index: Int) {
        #expect(service["metadata"]?["labels"] == JSONValue(workerLabels(index)))
        #expect(service["spec"]?["selector"] == JSONValue(workerLabels(index)))
        #expect(service["spec"]?["clusterIP"] == "None")
        #expect(service["spec"]?["ports"]?[0]?["name"] == "tfjob-port")
        #expect(service["spec"]?["ports"]?[0]?["port"] == 2222)
    }

    private func workerLabels(_ index: Int) -> [String: String] {
        [
            "training.kubeflow.org/job-name": "mnist", "training.kubeflow.org/operator-name": "tfjob-controller",
            "training.kubeflow.org/replica-type": "worker", "training.kubeflow.org/replica-index": "\(index)",
        ]
    }

    @Test func `a worker that is killed is replaced and counted, and the job still succeeds`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            stage.allow(.runs)
            try await cluster.admin.create(
                Samples.tfJob("killed", in: namespace, workers: 2, restartPolicy: "ExitCode"))
            let first = try await cluster.wait(for: Pod.self, namespace, "killed-worker-1", "the worker runs") {
                $0.phase == .running
            }
            stage.allow(.ends(exitCode: 137, message: "out of luck"), uid: first.metadata.uid)
            try await cluster.wait(for: Pod.self, namespace, "killed-worker-1", "another pod takes its place") {
                $0.metadata.uid != first.metadata.uid && $0.phase == .running
            }
            let running = try await cluster.wait(for: TFJob.self, namespace, "killed", "the job runs again") {
                $0.status?.isTrue(.allReplicasReady) == true && $0.status?.restarts == 1
            }
            #expect(running.status?.isTrue(.running) == true)
            let attempt = try #require(running.status?.attempts.first)
            #expect(attempt.uid == first.metadata.uid)
            #expect(attempt.exitCode == 137)
            #expect(attempt.message == "out of luck")
            #expect(attempt.meaning == "killed (SIGKILL), often for lack of memory")

            stage.allow(.ends(exitCode: 0))
            let ended = try await cluster.wait(for: TFJob.self, namespace, "killed", "it succeeds") {
                $0.status?.isTrue(.succeeded) == true
            }
            #expect(ended.status?.restarts == 1)
            #expect(ended.status?.disruptions == 0)
        }
    }

    @Test func `a pod that somebody deletes is replaced, and that counts against no limit`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            try await cluster.admin.create(
                Samples.tfJob("drained", in: namespace, workers: 1, runPolicy: ["backoffLimit": 0]))
            let first = try await cluster.wait(for: Pod.self, namespace, "drained-worker-0", "the worker runs") {
                $0.phase == .running
            }
            try await cluster.admin.delete(first.reference, DeleteOptions(gracePeriodSeconds: 0))
            try await cluster.wait(for: Pod.self, namespace, "drained-worker-0", "another pod takes its place") {
                $0.metadata.uid != first.metadata.uid && $0.phase == .running
            }
            let job = try await cluster.wait(for: TFJob.self, namespace, "drained", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(job.status?.restarts == 0)
            #expect(job.status?.isTrue(.failed) == false)
        }
    }

    @Test func `a service that somebody deletes is made again`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            try await cluster.admin.create(Samples.tfJob("named", in: namespace, workers: 1))
            // By then nothing but the deletion itself can make the operator look again.
            try await cluster.wait(for: TFJob.self, namespace, "named", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            let first = try await cluster.wait(for: Service.self, namespace, "named-worker-0", "it exists") { _ in true
            }
            try await cluster.admin.delete(first.reference)
            try await cluster.wait(for: Service.self, namespace, "named-worker-0", "it is another") {
                $0.metadata.uid != first.metadata.uid
            }
        }
    }

    @Test func `a suspended job loses its pods, and gets them back when it is resumed`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob("queued", in: namespace, workers: 2, runPolicy: ["suspend": true])
            try await cluster.admin.create(job)
            try await cluster.wait(for: TFJob.self, namespace, "queued", "it is suspended from the start") {
                $0.status?.isTrue(.suspended) == true
            }
            #expect(try await cluster.all(Pod.self, in: namespace).isEmpty)
            try await cluster.admin.patch(job.reference, ["spec": ["runPolicy": ["suspend": false]]])
            let running = try await cluster.wait(for: TFJob.self, namespace, "queued", "it runs") {
                $0.status?.ready == "2/2" && $0.status?.isTrue(.running) == true
            }
            #expect(running.status?.condition(.suspended)?.status == .no)
            try await cluster.admin.patch(job.reference, ["spec": ["runPolicy": ["suspend": true]]])
            try await cluster.waitForNone(Pod.resource, in: namespace)
            try await cluster.waitForNone(Service.resource, in: namespace)
            let suspended = try await cluster.wait(for: TFJob.self, namespace, "queued", "it is suspended") {
                $0.status?.conditions.last?.type.value == .suspended
                    && $0.status?.replicaStatuses[.worker]?.active == 0
            }
            #expect(suspended.status?.restarts == 0)
            #expect(suspended.status?.isTrue(.running) == false)
        }
    }

    @Test func `a job whose worker keeps being killed fails when the back-off limit is reached`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .ends(exitCode: 137) }) { _ in
            try await cluster.admin.create(
                Samples.tfJob(
                    "unlucky", in: namespace, workers: 1, restartPolicy: "ExitCode", runPolicy: ["backoffLimit": 1]))
            let ended = try await cluster.wait(for: TFJob.self, namespace, "unlucky", "it fails") {
                $0.status?.isTrue(.failed) == true
            }
            #expect(ended.status?.reason == "BackoffLimitExceeded")
            #expect(ended.status?.restarts == 1)
            #expect(ended.status?.attempts.count == 2)
            #expect(ended.status?.completionTime != nil)
            try await cluster.waitForNone(Service.resource, in: namespace)
        }
    }

    @Test func `a permanent exit code fails the job at once`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .ends(exitCode: 2) }) { _ in
            try await cluster.admin.create(
                Samples.tfJob("wrong", in: namespace, workers: 1, restartPolicy: "ExitCode"))
            let ended = try await cluster.wait(for: TFJob.self, namespace, "wrong", "it fails") {
                $0.status?.isTrue(.failed) == true
            }
            #expect(ended.status?.reason == "PermanentExitCode")
            #expect(ended.status?.restarts == 0)
        }
    }

    @Test func `deleting a job deletes its pods and services`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob("short", in: namespace, workers: 2)
            try await cluster.admin.create(job)
            try await cluster.wait(for: TFJob.self, namespace, "short", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(try await cluster.all(Service.self, in: namespace).count == 2)
            try await cluster.admin.delete(job.reference, DeleteOptions(propagation: .background))
            try await cluster.waitForNone(Pod.resource, in: namespace)
            try await cluster.waitForNone(Service.resource, in: namespace)
        }
    }
}
