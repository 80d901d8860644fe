public import KubernetesAPI

extension Trial: CheckedObject {
    /// Everything that is wrong with the spec; empty for a good one.
    ///
    /// An experiment creates good ones only; this is for trials that a person wrote or changed.
    public func validate() -> [FieldError] {
        var errors: [FieldError] = []
        // Its pod and the service of the same name are called <trial>-worker-0.
        if !DNSName.isLabel(metadata.name, maximumLength: 63 - "-worker-0".utf8.count) {
            errors.append(
                FieldError(
                    "metadata.name",
                    "is \"\(metadata.name)\"; use at most 54 small letters, digits and -, beginning with a letter"))
        }
        var configuration = spec.template.trainer.configuration
        errors += configuration.apply(spec.parameters, at: "spec.parameters")
        return errors + spec.objective.validate(at: "spec.objective") + spec.dataset.validate(at: "spec.dataset")
            + spec.checkpoints.validate(at: "spec.checkpoints") + spec.template.validate(at: "spec.template")
    }
}
