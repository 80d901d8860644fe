package import KubernetesAPI

/// A claim, as far as the provisioner looks at it.
package struct VolumeClaim: KubernetesObject, Hashable {
    package static let resource = Resource(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")

    package struct Spec: Codable, Hashable, Sendable {
        package var storageClassName: String?
        package var volumeName: String?
        package var accessModes: [String]?
        package var resources: JSONValue?
    }

    package var metadata: ObjectMeta
    package var spec: Spec
}

/// The storage class of a local cluster: what it looks like, and which volume a claim gets.
package enum LocalStorage {
    package static let className = "aerie-local"

    /// The default class, so that claims which name none are served too.
    package static let storageClass = Manifest(
        Reference(
            Resource(
                group: "storage.k8s.io", version: "v1", kind: "StorageClass", plural: "storageclasses",
                isNamespaced: false), name: className),
        [
            "metadata": ["annotations": ["storageclass.kubernetes.io/is-default-class": "true"]],
            "provisioner": "aerie.dev/local", "reclaimPolicy": "Retain", "volumeBindingMode": "Immediate",
        ])

    /// Whether the claim waits for a volume of this class.
    package static func wants(_ claim: VolumeClaim) -> Bool {
        claim.spec.storageClassName == className && (claim.spec.volumeName ?? "").isEmpty
            && claim.metadata.deletionTimestamp == nil
    }

    package static func path(of claim: VolumeClaim, folder: String) -> String {
        "\(folder)/\(claim.metadata.namespace)/\(claim.metadata.name)"
    }

    /// The volume for a claim: reserved for it alone, and named after its uid so that provisioning twice is harmless.
    package static func volume(for claim: VolumeClaim, folder: String) -> Manifest {
        let claimReference: JSONValue = [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": .string(claim.metadata.namespace),
            "name": .string(claim.metadata.name), "uid": .string(claim.metadata.uid),
        ]
        let capacity = claim.spec.resources?["requests"]?["storage"] ?? "1Gi"
        return Manifest(
            Reference(
                Resource(
                    group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes",
                    isNamespaced: false), name: "pvc-\(claim.metadata.uid)"),
            [
                "spec": [
                    "storageClassName": .string(className), "persistentVolumeReclaimPolicy": "Retain",
                    "accessModes": .array((claim.spec.accessModes ?? ["ReadWriteOnce"]).map { .string($0) }),
                    "capacity": ["storage": capacity], "claimRef": claimReference,
                    "hostPath": ["path": .string(path(of: claim, folder: folder)), "type": "DirectoryOrCreate"],
                ]
            ])
    }
}
