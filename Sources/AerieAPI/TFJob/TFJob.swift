public import KubernetesAPI

/// A distributed TensorFlow job, wire-compatible with the Kubeflow training operator's kind of the same name.
///
/// Manifests and clients written for the training operator 1.9 work unchanged. Additions of ours are fields of
/// ``Status`` and extra condition types; nothing that exists upstream changes its meaning.
///
/// - SeeAlso: `pkg/apis/kubeflow.org/v1` of the training operator, release 1.9.
public struct TFJob: KubernetesObject, Hashable {
    public static let resource = Resource(group: "kubeflow.org", version: "v1", kind: "TFJob", plural: "tfjobs")

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?

    public init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    public var statusDocument: JSONValue? { status?.json }
}
