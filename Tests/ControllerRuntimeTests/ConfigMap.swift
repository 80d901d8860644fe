import KubernetesAPI

/// A kind that every server has, for tests of stores and informers.
struct ConfigMap: KubernetesObject, Hashable {
    static let resource = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

    var metadata: ObjectMeta
    var data: [String: String]?

    init(_ name: String, version: Int = 1, uid: String? = nil, owner: String? = nil, data: [String: String]? = nil) {
        metadata = ObjectMeta(
            name: name, namespace: "ns", uid: uid ?? "uid-\(name)", resourceVersion: "\(version)",
            ownerReferences: owner.map {
                [OwnerReference(apiVersion: "v1", kind: "Owner", name: "o", uid: $0, controller: true)]
            } ?? [])
        self.data = data
    }
}

extension ObjectKey {
    init(_ name: String) { self.init(namespace: "ns", name: name) }
}
