import KubernetesAPI
import LocalCluster

/// A pod manifest from the members that matter to a test.
func pod(
    restartPolicy: String = "Always", initContainers: [String], containers: [String] = ["main"],
    spec: JSONValue = [:], metadata: JSONValue = [:], status: JSONValue? = nil
) throws -> PodManifest {
    try pod(
        restartPolicy: restartPolicy, initContainers: initContainers.map { ["name": .string($0), "image": "image"] },
        containers: containers, spec: spec, metadata: metadata, status: status)
}

func pod(
    restartPolicy: String = "Always", initContainers: [JSONValue] = [], containers: [String] = ["main"],
    spec extra: JSONValue = [:], metadata: JSONValue = [:], status: JSONValue? = nil
) throws -> PodManifest {
    func container(_ name: String) -> JSONValue { ["name": .string(name), "image": "image"] }
    var spec = extra
    spec["restartPolicy"] = .string(restartPolicy)
    spec["initContainers"] = .array(initContainers)
    if spec["containers"] == nil { spec["containers"] = .array(containers.map(container)) }
    var identity = metadata
    identity["name"] = "pod"
    identity["namespace"] = "default"
    identity["uid"] = "uid"
    return try JSONValue(compacting: ["metadata": identity, "spec": spec, "status": status])
        .decode(PodManifest.self)
}

func container(_ json: JSONValue) throws -> ContainerManifest {
    var complete = json
    complete["name"] = json["name"] ?? "main"
    complete["image"] = "image"
    return try complete.decode(ContainerManifest.self)
}
