/// A service, as far as controllers look at it: that it exists.
public struct Service: KubernetesObject, Hashable {
    public static let resource = Resource(group: "", version: "v1", kind: "Service", plural: "services")

    public var metadata: ObjectMeta

    public init(metadata: ObjectMeta) { self.metadata = metadata }
}
