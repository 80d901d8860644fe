import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

/// The whole control plane, as tests of controllers and node agents use it.
@Suite(.timeLimit(.minutes(10))) struct ControlPlaneTests {
    private static let node = Resource(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    @Test func `a Job becomes a pod, the pod gets a node, and both go with the Job`() async throws {
        let server = try await ControlPlane.shared(.all)
        let (client, namespace) = (server.client, try await server.namespace())
        let reference = Reference(Job.resource, namespace: namespace, name: "job")
        let container: JSONValue = ["name": "main", "image": "none"]
        // Other tests' pods are to stay without a node.
        let mark = "aerie.test/\(namespace)"
        let taint: JSONValue = ["key": .string(mark), "effect": "NoSchedule"]
        let toleration: JSONValue = ["key": .string(mark), "operator": "Exists"]
        let template: JSONValue = [
            "spec": ["restartPolicy": "Never", "containers": [container], "tolerations": [toleration]]
        ]
        try await client.create(Manifest(reference, ["spec": ["template": template]]))
        let selection = Selection(namespace: namespace, labelSelector: "job-name=job")
        var pods: [Pod] = []
        try await until {
            pods = try await client.list(Pod.self, selection).items
            return pods.count == 1
        }
        #expect(pods.first?.metadata.controller?.kind == "Job")
        #expect(pods.first?.spec?.nodeName == nil)

        let name = Reference(Self.node, name: "node-\(namespace)")
        try await client.create(Manifest(name, ["spec": ["taints": [taint]]]))
        try await client.patchStatus(
            name,
            [
                "status": [
                    "capacity": ["cpu": "4", "memory": "4Gi", "pods": "10"],
                    "allocatable": ["cpu": "4", "memory": "4Gi", "pods": "10"],
                    "conditions": [["type": "Ready", "status": "True"]],
                ]
            ])
        try await until {
            // The node controller taints new nodes until it has seen them ready.
            try await client.patch(name, ["spec": ["taints": [taint]]])
            return try await client.list(Pod.self, selection).items.first?.spec?.nodeName == name.key.name
        }

        try await client.delete(reference, DeleteOptions(propagation: .background))
        // No kubelet runs here, so a bound pod waits for one to confirm its end.
        try await until {
            let pods = try await client.list(Pod.self, selection).items
            for pod in pods where pod.metadata.deletionTimestamp != nil {
                try? await client.delete(pod.reference, DeleteOptions(gracePeriodSeconds: 0))
            }
            return pods.isEmpty
        }
        try await client.delete(name)
    }

    private func until(_ isSo: () async throws -> Bool) async throws {
        while try await !isSo() { try await Task.sleep(for: .milliseconds(50)) }
    }
}
