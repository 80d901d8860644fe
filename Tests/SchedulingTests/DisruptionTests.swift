import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Pods taken away by nodes and by the control plane: on record, and not held against the job.
@Suite(.timeLimit(.minutes(10))) struct DisruptionTests {
    @Test func `a job that is preempted starts again when there is room, and that is no restart`() async throws {
        try await NodePool.run { pool in
            let admin = pool.cluster.admin
            try await pool.add("t4", gpus: 4)
            try await admin.create(pool.job("modest", Self.fourGPUs))
            try await pool.waitUntilRunning("modest")

            let urgent = Reference(
                Resource(
                    group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses",
                    isNamespaced: false), name: "\(pool.namespace)-urgent")
            try await admin.create(Manifest(urgent, ["value": 1000]))
            let intruder = Reference(Pod.resource, namespace: pool.namespace, name: "intruder")
            var spec = pool.podSpec(Self.fourGPUs)
            spec["priorityClassName"] = .string(urgent.key.name)
            let pod = Manifest(intruder, ["spec": spec])
            try await eventually("the API server's admission has seen the new class") { () async throws -> Bool? in
                do {
                    try await admin.create(pod)
                    return true
                } catch let error as KubernetesError where error.reason == .forbidden {
                    return nil
                }
            }

            let preempted = try await pool.cluster.wait(
                for: TFJob.self, pool.namespace, "modest", "it gives way, and waits for room"
            ) { $0.status?.attempts.first?.endTime != nil && $0.status?.condition(.stalled)?.status == .yes }
            let attempt = try #require(preempted.status?.attempts.first)
            #expect(attempt.cause == .disruption)
            #expect(attempt.node == pool.nodeName("t4"))
            #expect(preempted.status?.condition(.stalled)?.message?.contains("Insufficient nvidia.com/gpu") == true)

            try await admin.delete(intruder)
            let job = try await pool.waitUntilRunning("modest")
            #expect(job.status?.restarts == 0)
            #expect(job.status?.disruptions == 1)
            try await admin.delete(urgent)
        }
    }

    @Test func `a job whose pod was evicted by its node goes on elsewhere`() async throws {
        // A node that has evicted a pod does not take the next one: the script evicts whatever is on the full node.
        try await NodePool.run(
            script: { $0.spec["nodeName"]?.stringValue?.hasSuffix("-full") == true ? .evicted : .runs }
        ) { pool in
            try await pool.add("full", gpus: 4)
            try await pool.cluster.admin.create(pool.job("moved", Self.fourGPUs))
            let evicted = try await pool.cluster.wait(for: TFJob.self, pool.namespace, "moved", "it is evicted") {
                $0.status?.attempts.isEmpty == false
            }
            let attempt = try #require(evicted.status?.attempts.first)
            #expect(attempt.cause == .disruption)
            #expect(attempt.reason == "Evicted")
            #expect(attempt.message?.contains("low on resource: memory") == true)
            try await pool.cluster.admin.patch(
                FakeNode(name: pool.nodeName("full")).reference, ["spec": ["unschedulable": true]])
            try await pool.add("empty", gpus: 4)
            let job = try await pool.waitUntilRunning("moved")
            #expect(job.status?.restarts == 0)
            #expect((job.status?.disruptions ?? 0) >= 1)
        }
    }

    @Test func `a job whose node is lost goes on elsewhere, once the node has let the pod go`() async throws {
        try await NodePool.run { pool in
            try await pool.add("first", gpus: 4)
            // The control plane waits five minutes by default for a node to come back.
            var pod = Self.fourGPUs
            pod["tolerations"] = .array(
                [
                    pool.toleration,
                    [
                        "key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute",
                        "tolerationSeconds": 1,
                    ],
                ])
            try await pool.cluster.admin.create(pool.job("stranded", pod))
            try await pool.waitUntilRunning("stranded")
            pool.lose("first")
            try await pool.add("second", gpus: 4)
            let lost = try await pool.cluster.wait(
                for: TFJob.self, pool.namespace, "stranded", "the control plane takes the pod from the silent node"
            ) { $0.status?.attempts.isEmpty == false }
            #expect(lost.status?.attempts.first?.cause == .disruption)
            #expect(lost.status?.replicaStatuses[.worker]?.active == 1, "its program may still be running there")
            #expect(try await pool.cluster.all(Pod.self, in: pool.namespace).count == 1)

            pool.find("first")
            let job = try await pool.cluster.wait(for: TFJob.self, pool.namespace, "stranded", "it runs again") {
                $0.status?.isTrue(.allReplicasReady) == true && $0.status?.attempts.first?.endTime != nil
            }
            #expect(job.status?.restarts == 0)
            #expect(job.status?.disruptions == 1)
        }
    }

    static let fourGPUs: JSONValue = ["containers": [["resources": ["limits": ["nvidia.com/gpu": 4]]]]]
}
