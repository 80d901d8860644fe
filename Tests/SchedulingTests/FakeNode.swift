import KubernetesAPI
import KubernetesClient
import TestCluster

/// What a node says of itself: nobody checks whether the hardware is there.
struct FakeNode: Sendable {
    var name: String
    var labels: [String: String] = [:]
    /// Beside those that the control plane adds and removes.
    var taints: [JSONValue] = []
    var gpus = 0

    static let resource = Resource(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    private static let lease = Resource(group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")

    var reference: Reference { Reference(Self.resource, name: name) }

    func register(with client: KubernetesClient) async throws {
        try await client.create(
            Manifest(reference, ["metadata": ["labels": JSONValue(labels)], "spec": ["taints": .array(taints)]]))
        let amounts: JSONValue = [
            "cpu": "8", "memory": "32Gi", "pods": "110", "nvidia.com/gpu": .string("\(gpus)"),
        ]
        try await client.patchStatus(reference, ["status": ["capacity": amounts, "allocatable": amounts]])
        try await beat(with: client)
    }

    /// The sign of life that kubelets give: by a lease, and now and then in the status.
    func beat(with client: KubernetesClient) async throws {
        let now = MicroTime.now
        try await client.apply(
            Manifest(
                Reference(Self.lease, namespace: "kube-node-lease", name: name),
                [
                    "spec": [
                        "holderIdentity": .string(name), "leaseDurationSeconds": 40,
                        "renewTime": .string(now.description),
                    ]
                ]))
        let time = JSONValue.string(now.time.description)
        let ready: JSONValue = [
            "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "played",
            "lastHeartbeatTime": time, "lastTransitionTime": time,
        ]
        try await client.patchStatus(reference, ["status": ["conditions": [ready]]])
    }

    func remove(with client: KubernetesClient) async throws {
        try await client.delete(reference)
        try await client.delete(Reference(Self.lease, namespace: "kube-node-lease", name: name))
    }
}
