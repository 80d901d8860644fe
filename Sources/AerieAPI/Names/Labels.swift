import KubernetesAPI

/// The API group of our own kinds.
public enum AerieGroup {
    public static let name = "aerie.dev"
    public static let version = "v1alpha1"

    static func resource(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> Resource {
        Resource(group: name, version: version, kind: kind, plural: plural, isNamespaced: isNamespaced)
    }
}

/// Labels by which objects that belong together are found.
public enum Label {
    /// The experiment's name; on trials, their TFJobs and pods, promotions and what these create.
    public static let experiment = "aerie.dev/experiment"
    /// The trial's name; on its TFJob and pods.
    public static let trial = "aerie.dev/trial"
    /// The trial's number within its experiment.
    public static let trialNumber = "aerie.dev/trial-number"
    /// The promotion's name; on its job, deployment and service.
    public static let promotion = "aerie.dev/promotion"
    /// The first twelve digits of the checkpoint's digest; on promotions.
    public static let checkpoint = "aerie.dev/checkpoint"
    public static let managedBy = "app.kubernetes.io/managed-by"
    public static let applicationName = "app.kubernetes.io/name"
    public static let component = "app.kubernetes.io/component"

    /// On what is installed with Aerie.
    public static let partOf = "app.kubernetes.io/part-of"
    /// The value of ``partOf``.
    public static let product = "aerie"

    /// The value of ``managedBy``.
    public static let manager = "aerie"
    /// Labels and annotations of an experiment that begin so go down to its TFJobs: admission to a queue
    /// is decided there.
    public static let queuePrefix = "kueue.x-k8s.io/"
    /// Names the queue that admits a job.
    public static let queueName = queuePrefix + "queue-name"
}

/// Annotations on objects that we write.
public enum Annotation {
    /// The digest of the image that a deployment runs.
    public static let imageDigest = "aerie.dev/image-digest"
    /// When the promotion was created that a deployment runs; of two promotions the later one wins.
    public static let promotedAt = "aerie.dev/promoted-at"
    /// Hash of the manifest that was applied last, so that an unchanged one is not applied again.
    public static let manifestHash = "aerie.dev/manifest-hash"
}
