/// How important pods are to the scheduler, by name.
public struct PriorityClass: KubernetesObject, Hashable {
    public static let resource = Resource(
        group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses",
        isNamespaced: false)

    public var metadata: ObjectMeta
    /// Higher is more important.
    public var value: Int

    public init(metadata: ObjectMeta, value: Int) {
        self.metadata = metadata
        self.value = value
    }
}
