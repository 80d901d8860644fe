import AerieAPI
import KubernetesAPI

/// What the pod of one replica looks like: the user's template with our name, labels, owner, restart policy and
/// `TF_CONFIG`.
extension TFJobRound {
    func podManifest(
        _ replica: TFJob.Replica, _ index: Int, _ template: JSONValue, _ configuration: String?
    ) -> Manifest {
        let template = template.withTensorFlowContainer { container in
            if let configuration {
                let environment = container["env"]?.arrayValue ?? []
                container["env"] = .array(environment + [["name": "TF_CONFIG", "value": .string(configuration)]])
            }
        }
        var spec = (template["spec"] ?? [:]).withLastWords
        spec["restartPolicy"] = .string(replica.restartPolicy.ofPod)

        var labels = template["metadata"]?["labels"]?.objectValue ?? [:]
        for (key, value) in job.labels(replica.type, index) { labels[key] = .string(value) }
        if job.isMaster(replica.type, index) { labels[TFJob.Label.jobRole] = .string(TFJob.Label.masterRole) }

        var metadata = JSONValue(compacting: [
            "labels": .object(labels), "annotations": template["metadata"]?["annotations"],
            "finalizers": template["metadata"]?["finalizers"],
            "ownerReferences": [OwnerReference(controller: job).json],
        ])
        joinPodGroup(replica.type, metadata: &metadata, spec: &spec)

        let reference = Reference(
            Pod.resource, namespace: job.metadata.namespace, name: job.childName(replica.type, index))
        return Manifest(reference, ["metadata": metadata, "spec": spec])
    }
}

extension JSONValue {
    /// A pod's specification in which every container leaves the end of its log: it explains a crash without a message.
    fileprivate var withLastWords: JSONValue {
        var spec = self
        for list in ["initContainers", "containers"] {
            guard var containers = spec[list]?.arrayValue else { continue }
            for index in containers.indices where containers[index]["terminationMessagePolicy"] == nil {
                containers[index]["terminationMessagePolicy"] = "FallbackToLogsOnError"
            }
            spec[list] = .array(containers)
        }
        return spec
    }
}

extension TFJob.ReplicaSpec.RestartPolicy {
    /// The controller decides for itself what an exit code means, so the node must not restart the container first.
    var ofPod: String {
        switch self {
        case .always: "Always"
        case .onFailure: "OnFailure"
        case .never, .exitCode: "Never"
        }
    }
}
