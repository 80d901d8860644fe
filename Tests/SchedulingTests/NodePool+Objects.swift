import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

/// What admins and scientists of a pool's namespace write.
extension NodePool {
    private func profileName(_ gpu: String) -> String { "\(namespace)-\(gpu)" }

    /// A profile for the nodes of the pool with a certain label.
    @discardableResult
    func offer(
        _ gpu: String, tolerating taint: JSONValue? = nil, to namespaces: [String] = []
    ) async throws -> Reference {
        let profile = Reference(AcceleratorProfile.resource, name: profileName(gpu))
        try await cluster.admin.create(
            Manifest(
                profile,
                [
                    "spec": [
                        "resourceName": "nvidia.com/gpu", "allowedNamespaces": .array(namespaces.map { .string($0) }),
                        "nodeSelector": ["gpu": .string(gpu), "pool": .string(namespace)],
                        "tolerations": .array([toleration] + (taint.map { [$0] } ?? [])),
                    ]
                ]))
        return profile
    }

    /// Two trials at a time, each on so many accelerators.
    func experiment(_ name: String, on gpu: String, count: Int) -> Manifest {
        Samples.experiment(name, in: namespace) {
            $0["trial"]?["accelerator"] = ["profile": .string(profileName(gpu)), "count": JSONValue(count)]
            // A claim that does not exist would keep the pods away as well.
            $0["dataset"] = ["uri": "file:///data/landsat"]
            $0["checkpoints"] = ["uri": "file:///data/checkpoints"]
        }
    }

    /// A job of one worker whose pod is let onto the pool, with what `change` says instead of or beside it.
    func job(_ name: String, _ change: JSONValue) -> Manifest {
        Manifest(
            Reference(TFJob.resource, namespace: namespace, name: name),
            ["spec": ["tfReplicaSpecs": ["Worker": ["replicas": 1, "template": ["spec": podSpec(change)]]]]])
    }

    func podSpec(_ change: JSONValue) -> JSONValue {
        var spec = change
        var container = change["containers"]?[0] ?? [:]
        container["name"] = "tensorflow"
        container["image"] = "mnist:1"
        spec["containers"] = [container]
        if change["tolerations"] == nil { spec["tolerations"] = [toleration] }
        if change["nodeSelector"] == nil { spec["nodeSelector"] = ["pool": .string(namespace)] }
        return spec
    }

    @discardableResult
    func waitUntilRunning(_ name: String) async throws -> TFJob {
        try await cluster.wait(for: TFJob.self, namespace, name, "it runs") {
            $0.status?.isTrue(.allReplicasReady) == true
        }
    }
}
