public import KubernetesAPI

extension JSONValue {
    /// The object without the copy of itself that `kubectl apply` leaves in an annotation.
    ///
    /// A cache would hold every manifest twice.
    public var withoutAppliedCopy: JSONValue {
        let name = "kubectl.kubernetes.io/last-applied-configuration"
        guard self["metadata"]?["annotations"]?[name] != nil else { return self }
        var object = self
        object["metadata"]?["annotations"]?[name] = Optional.none
        return object
    }
}
