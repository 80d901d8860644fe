public import KubernetesAPI

extension AcceleratorProfile: CheckedObject {
    /// Everything that is wrong with the spec; empty for a good one.
    public func validate() -> [FieldError] {
        var errors: [FieldError] = []
        if spec.resourceName.isEmpty {
            errors.append(FieldError("spec.resourceName", "name the resource of a container, such as nvidia.com/gpu"))
        }
        for (index, namespace) in spec.allowedNamespaces.enumerated() where !DNSName.isSubdomain(namespace) {
            errors.append(FieldError("spec.allowedNamespaces[\(index)]", "\"\(namespace)\" is no name of a namespace"))
        }
        if let cost = spec.costPerHour, !cost.isFinite || cost < 0 {
            errors.append(FieldError("spec.costPerHour", "must be 0 or more, got \(cost)"))
        }
        return errors
    }
}
