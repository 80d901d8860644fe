import KubernetesAPI

/// The kinds of which pods name objects that must exist; secrets are not among them, since nobody may read those.
enum PodReferenceKind {
    static let claim = Resource(
        group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")
    static let serviceAccount = Resource(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
    static let priorityClass = Resource(
        group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses",
        isNamespaced: false)
}

/// What the pod template at `path` names.
func podReferences(_ template: JSONValue, at path: String) -> [FieldReference] {
    let pod = template["spec"] ?? [:]
    var references: [FieldReference] = []
    for (index, volume) in (pod["volumes"]?.arrayValue ?? []).enumerated() {
        guard let name = volume["persistentVolumeClaim"]?["claimName"]?.stringValue else { continue }
        references.append(
            claimReference(name, at: "\(path).spec.volumes[\(index)].persistentVolumeClaim.claimName"))
    }
    if let name = (pod["serviceAccountName"] ?? pod["serviceAccount"])?.stringValue, !name.isEmpty {
        references.append(
            FieldReference(
                "\(path).spec.serviceAccountName", PodReferenceKind.serviceAccount, name,
                "no pod can be created until it does"))
    }
    if let name = pod["priorityClassName"]?.stringValue, !name.isEmpty, !name.hasPrefix("system-") {
        references.append(
            FieldReference(
                "\(path).spec.priorityClassName", PodReferenceKind.priorityClass, name,
                "no pod can be created until it does"))
    }
    return references
}

func claimReference(_ name: String, at path: String) -> FieldReference {
    FieldReference(path, PodReferenceKind.claim, name, "pods wait until it does")
}

/// The claim that a storage URI names.
func storageReferences(_ uri: String, at path: String) -> [FieldReference] {
    guard case .claim(let name, _)? = try? StorageURI(uri) else { return [] }
    return [claimReference(name, at: path)]
}

extension TrialTemplate {
    /// The profile and what the pod template names.
    func references(at path: String) -> [FieldReference] {
        var references = podTemplate.map { podReferences($0, at: "\(path).podTemplate") } ?? []
        if let accelerator {
            references.append(
                FieldReference(
                    "\(path).accelerator.profile", AcceleratorProfile.resource, accelerator.profile,
                    "trials wait until it does; `kubectl get accel` lists those there are"))
        }
        return references
    }
}
