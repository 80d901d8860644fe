import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// TFJobs and trials under the real scheduler and controller manager, on nodes that only say that they have GPUs.
@Suite(.timeLimit(.minutes(10))) struct SchedulingTests {
    @Test func `trials get onto the accelerators that they ask for, and leave nothing when they are deleted`()
        async throws
    {
        try await NodePool.run { pool in
            let gpuTaint: JSONValue = ["key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"]
            try await pool.add("plain")
            try await pool.add("t4", labels: ["gpu": "t4"], taints: [gpuTaint], gpus: 4)
            try await pool.add("a100", labels: ["gpu": "a100"], taints: [gpuTaint], gpus: 8)
            for gpu in ["t4", "a100"] { try await pool.offer(gpu, tolerating: gpuTaint) }

            let admin = pool.cluster.admin
            try await admin.create(pool.experiment("small", on: "t4", count: 2))
            try await admin.create(pool.experiment("large", on: "a100", count: 4))
            for (experiment, node) in [("small", "t4"), ("large", "a100")] {
                for number in 1...2 {
                    let name = "\(experiment)-0000\(number)"
                    let job = try await pool.cluster.wait(for: TFJob.self, pool.namespace, name, "it runs") {
                        $0.status?.isTrue(.allReplicasReady) == true
                    }
                    #expect(job.status?.condition(.stalled) == nil)
                    let pod = try await pool.cluster.document(Pod.resource, pool.namespace, "\(name)-worker-0")
                    #expect(pod["spec"]?["nodeName"]?.stringValue == pool.nodeName(node))
                }
            }
            let services = try await pool.cluster.all(Service.self, in: pool.namespace)
            #expect(services.count == 4)

            for experiment in ["small", "large"] {
                try await admin.delete(
                    Reference(TrainingExperiment.resource, namespace: pool.namespace, name: experiment),
                    DeleteOptions(propagation: experiment == "small" ? .foreground : .background))
            }
            for resource in [
                TrainingExperiment.resource, Trial.resource, TFJob.resource, Pod.resource, Service.resource,
            ] { try await pool.cluster.waitForNone(resource, in: pool.namespace) }
        }
    }

    @Test func `a profile is for the namespaces that its admin has named`() async throws {
        try await NodePool.run { pool in
            try await pool.add("t4", labels: ["gpu": "t4"], gpus: 2)
            let profile = try await pool.offer("t4", to: ["vision"])
            try await pool.cluster.admin.create(pool.experiment("guest", on: "t4", count: 1))
            let refused = try await pool.cluster.wait(
                for: Trial.self, pool.namespace, "guest-00001", "its trial is refused"
            ) { $0.status?.reason == "AcceleratorNotAllowed" }
            let message = try #require(
                refused.status?.conditions.first { $0.reason == "AcceleratorNotAllowed" }?.message)
            #expect(message.contains("vision") && message.contains(pool.namespace), "\(message)")
            #expect(try await pool.cluster.all(TFJob.self, in: pool.namespace).isEmpty)

            try await pool.cluster.admin.patch(
                profile, ["spec": ["allowedNamespaces": ["vision", .string(pool.namespace)]]])
            try await pool.cluster.wait(for: TFJob.self, pool.namespace, "guest-00001", "it runs once it is allowed") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
        }
    }

    /// What keeps a pod from every node, and the words of the scheduler that must reach the job's status.
    struct Misfit: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var pod: JSONValue
        /// Of which one is there; releases word it differently.
        var words: [String]
    }

    static let misfits = [
        Misfit(
            testDescription: "more GPUs than any node has",
            pod: ["containers": [["resources": ["limits": ["nvidia.com/gpu": 8]]]]],
            words: ["Insufficient nvidia.com/gpu"]),
        Misfit(
            testDescription: "more memory than any node has",
            pod: ["containers": [["resources": ["requests": ["memory": "1Ti"]]]]], words: ["Insufficient memory"]),
        Misfit(
            testDescription: "a label that no node has", pod: ["nodeSelector": ["gpu": "h100"]],
            words: ["didn't match"]),
        Misfit(
            testDescription: "a taint that it does not tolerate", pod: ["tolerations": []],
            words: ["that the pod didn't tolerate", "had untolerated taint"]),
        Misfit(
            testDescription: "a claim that nobody made",
            pod: ["volumes": [["name": "data", "persistentVolumeClaim": ["claimName": "landsat"]]]],
            words: ["persistentvolumeclaim \"landsat\" not found"]),
    ]

    @Test(arguments: misfits)
    func `a job whose pods fit nowhere says why in its status`(misfit: Misfit) async throws {
        try await NodePool.run { pool in
            try await pool.add("t4", labels: ["gpu": "t4"], gpus: 4)
            try await pool.cluster.admin.create(pool.job("misfit", misfit.pod))
            let job = try await pool.cluster.wait(for: TFJob.self, pool.namespace, "misfit", "it says why") {
                $0.status?.condition(.stalled)?.status == .yes
            }
            let condition = try #require(job.status?.condition(.stalled))
            #expect(condition.reason == "Unschedulable")
            #expect(condition.message?.hasPrefix("Pod misfit-worker-0: ") == true)
            #expect(misfit.words.contains { condition.message?.contains($0) == true }, "\(condition)")
        }
    }

    @Test func `a job that waits for a node runs when one comes, and no longer says that it is stalled`() async throws {
        try await NodePool.run { pool in
            try await pool.add("t4", gpus: 4)
            try await pool.cluster.admin.create(
                pool.job("patient", ["containers": [["resources": ["limits": ["nvidia.com/gpu": 8]]]]]))
            try await pool.cluster.wait(for: TFJob.self, pool.namespace, "patient", "it waits") {
                $0.status?.condition(.stalled)?.status == .yes
            }
            try await pool.add("dgx", gpus: 8)
            let job = try await pool.cluster.wait(for: TFJob.self, pool.namespace, "patient", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(job.status?.condition(.stalled) == nil)
            #expect(job.status?.restarts == 0)
        }
    }
}
