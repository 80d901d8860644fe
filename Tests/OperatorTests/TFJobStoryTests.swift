import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// What kubectl tells of a job whose pods are gone.
@Suite(.timeLimit(.minutes(10))) struct TFJobStoryTests {
    @Test func `kubectl describe and get tell what became of a job whose pods are gone`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let kubectl = try Kubectl(cluster)
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            stage.allow(.runs)
            var job = Samples.tfJob(
                "story", in: namespace, workers: 2, restartPolicy: "ExitCode",
                runPolicy: ["cleanPodPolicy": "All", "backoffLimit": 3])
            var worker = job.body["spec"]?["tfReplicaSpecs"]?["Worker"] ?? [:]
            worker["template"]?["spec"] = [
                "nodeName": "gpu-7", "terminationGracePeriodSeconds": 0,
                "containers": [
                    [
                        "name": "tensorflow", "image": "i",
                        "resources": ["limits": ["nvidia.com/gpu": 2], "requests": ["nvidia.com/gpu": 2]],
                    ]
                ],
            ]
            job.body["spec"]?["tfReplicaSpecs"] = ["Worker": worker]
            try await cluster.admin.create(job)
            let unlucky = try await cluster.wait(for: Pod.self, namespace, "story-worker-1", "it runs") {
                $0.phase == .running
            }
            stage.allow(.ends(exitCode: 137, message: "step 1200: out of luck"), uid: unlucky.metadata.uid)
            try await cluster.wait(for: TFJob.self, namespace, "story", "it runs again") {
                $0.status?.restarts == 1 && $0.status?.isTrue(.allReplicasReady) == true
            }
            let wrong = try await cluster.wait(for: Pod.self, namespace, "story-worker-0", "it runs") {
                $0.phase == .running
            }
            stage.allow(.ends(exitCode: 2, message: "no such flag: --stpes"), uid: wrong.metadata.uid)
            try await cluster.wait(for: TFJob.self, namespace, "story", "it has failed and its pods are gone") {
                $0.status?.isTrue(.failed) == true && $0.status?.ready == "0/2"
            }
            try await cluster.waitForNone(Pod.resource, in: namespace)
            try await cluster.wait(forEvent: "TFJobFailed", about: "story", in: namespace)
            try await cluster.wait(forEvent: "TFJobRestarting", about: "story", in: namespace)
        }
        let text = try await kubectl.run("describe", "tfjob", "story", "--namespace", namespace)
        // What kubectl prints, spaces between words aside.
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "Reason: PermanentExitCode", "Restarts: 1", "Ready: 0/2", "Accelerators: 4 nvidia.com/gpu",
            "Nodes: gpu-7", "Pod: story-worker-1", "Node: gpu-7", "Exit Code: 137",
            "Meaning: killed (SIGKILL), often for lack of memory", "Message: step 1200: out of luck", "Counted: 1",
            "Cause: Failure", "Exit Code: 2", "Message: no such flag: --stpes", "Counted: 0",
            "Message: job \"story\" is failing because \"Worker\" replica(s) failed.",
        ] { #expect(lines.contains(line), "\(line) is missing in\n\(text)") }
        #expect(lines.contains { $0.hasPrefix("Warning TFJobRestarting") })
        #expect(lines.contains { $0.hasPrefix("Warning TFJobFailed") })

        let wide = try await kubectl.run("get", "tfjobs", "--namespace", namespace, "--output", "wide")
        let table = wide.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(table[0] == "NAME STATE REASON READY RESTARTS DISRUPTIONS QUEUE ACCELERATORS NODES AGE")
        #expect(table[1].hasPrefix("story Failed PermanentExitCode 0/2 1 0 4 nvidia.com/gpu gpu-7 "))
    }
}
