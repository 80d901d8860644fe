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
            // The end of the log explains a crash that left no message of its own.
            if container["terminationMessagePolicy"] == nil {
                container["terminationMessagePolicy"] = "FallbackToLogsOnError"
            }
        }
        var spec = template["spec"] ?? [:]
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
