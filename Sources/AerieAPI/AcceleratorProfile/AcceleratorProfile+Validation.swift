public import KubernetesAPI

extension AcceleratorProfile: CheckedObject {
    /// Everything that is wrong with the spec; empty for a good one.
    public func validate() -> [FieldError] {
        var errors: [FieldError] = []
        if spec.resourceName.isEmpty {
            errors.append(FieldError("spec.resourceName", "name the resource of a container, such as nvidia.com/gpu"))
        }
        for (index, namespace) in spec.allowedNamespaces.enumerated()
        where !DNSName.isSubdomain(namespace) || namespace.contains(".") {
            errors.append(FieldError("spec.allowedNamespaces[\(index)]", "\"\(namespace)\" is no name of a namespace"))
        }
        if let cost = spec.costPerHour, !cost.isFinite || cost < 0 {
            errors.append(FieldError("spec.costPerHour", "must be 0 or more, got \(cost)"))
        }
        for (index, toleration) in spec.tolerations.enumerated() {
            errors += Self.validate(toleration, at: "spec.tolerations[\(index)]")
        }
        return errors
    }

    /// What the API server would refuse in every pod that gets the toleration.
    private static func validate(_ toleration: JSONValue, at path: String) -> [FieldError] {
        let `operator` = toleration["operator"]?.stringValue ?? "Equal"
        var errors: [FieldError] = []
        if `operator` == "Exists", !(toleration["value"]?.stringValue ?? "").isEmpty {
            errors.append(FieldError("\(path).value", "must be left out with operator Exists"))
        }
        if `operator` != "Exists", (toleration["key"]?.stringValue ?? "").isEmpty {
            errors.append(FieldError("\(path).key", "is needed unless operator is Exists"))
        }
        if toleration["tolerationSeconds"] != nil, toleration["effect"]?.stringValue != "NoExecute" {
            errors.append(FieldError("\(path).tolerationSeconds", "is for effect NoExecute only"))
        }
        errors += WholeNumbers.seconds.errors(
            toleration["tolerationSeconds"]?.intValue, at: "\(path).tolerationSeconds")
        return errors
    }
}
