import AerieAPI
import KubernetesAPI

/// What is read. Secrets and config maps are not among it.
extension BundleCollector {
    static let node = Resource(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    private static let event = Resource(group: "", version: "v1", kind: "Event", plural: "events")
    private static let claim = Resource(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")
    private static let replicaSet = Resource(group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets")
    private static let networkPolicy = Resource(
        group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies")
    private static let quota = Resource(group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas")

    static let clusterKinds = [
        AcceleratorProfile.resource,
        Resource(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions", isNamespaced: false),
        Resource(
            group: "admissionregistration.k8s.io", version: "v1", kind: "ValidatingWebhookConfiguration",
            plural: "validatingwebhookconfigurations", isNamespaced: false),
        Resource(
            group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole", plural: "clusterroles",
            isNamespaced: false),
    ]

    /// Where the controller runs, everything of these kinds.
    static let systemKinds = [
        Deployment.resource, replicaSet, Pod.resource, Service.resource, Lease.resource, networkPolicy, event,
    ]

    static let namespacedKinds = [
        TrainingExperiment.resource, Trial.resource, TFJob.resource, ModelPromotion.resource, Pod.resource,
        Service.resource, Job.resource, Deployment.resource, claim, quota, event,
    ]

    /// Kinds of which only objects are read that belong to ours.
    static let sharedKinds = [Pod.resource, Service.resource, Job.resource, Deployment.resource]

    /// Whether an object is Aerie's, by its group, its labels, or the group of the definition that it is.
    static func isOurs(_ document: JSONValue) -> Bool {
        let groups = ["aerie.dev", "kubeflow.org"]
        if let group = document["apiVersion"]?.stringValue?.split(separator: "/").first, groups.contains(String(group))
        {
            return true
        }
        if let group = document["spec"]?["group"]?.stringValue, groups.contains(group) { return true }
        let labels = document["metadata"]?["labels"]?.objectValue ?? [:]
        let name = document["metadata"]?["name"]?.stringValue ?? ""
        return labels.keys.contains { $0.hasPrefix("aerie.dev/") || $0.hasPrefix("training.kubeflow.org/") }
            || labels[Label.partOf] == .string(Label.product) || labels[Label.managedBy] == .string(Label.manager)
            || name.hasPrefix("aerie-")
    }
}
