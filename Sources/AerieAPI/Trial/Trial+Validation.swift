public import KubernetesAPI

extension Trial: CheckedObject {
    /// Everything that is wrong with the spec; empty for a good one.
    ///
    /// An experiment creates good ones only; this is for trials that a person wrote or changed.
    public func validate() -> [FieldError] {
        var errors: [FieldError] = []
        if !DNSName.isLabel(metadata.name, maximumLength: Self.maximumNameLength) {
            errors.append(
                FieldError(
                    "metadata.name",
                    "is \"\(metadata.name)\"; use at most \(Self.maximumNameLength) small letters, digits and -, "
                        + "beginning with a letter"))
        }
        errors += WholeNumbers.trialNumber.errors(spec.number, at: "spec.number")
        var configuration = spec.template.trainer.configuration
        errors += configuration.apply(spec.parameters, at: "spec.parameters")
        return errors + spec.objective.validate(at: "spec.objective") + spec.dataset.validate(at: "spec.dataset")
            + spec.checkpoints.validate(at: "spec.checkpoints") + spec.template.validate(at: "spec.template")
    }

    /// Its pod and the service of the same name are called `<trial>-worker-0`.
    static let maximumNameLength = 63 - "-worker-0".utf8.count  // Cannot overflow: literals.

    static let fixedMessage = "cannot change: the trial's result stands for it; make another trial"

    /// A trial is one assignment; only ``Spec/stop`` and how it is run may change.
    public func forbiddenChanges(since stored: Trial) -> [FieldError] {
        let comparisons: [(String, Bool)] = [
            ("spec.experiment", spec.experiment == stored.spec.experiment),
            ("spec.number", spec.number == stored.spec.number),
            ("spec.parameters", spec.parameters == stored.spec.parameters),
            ("spec.objective", spec.objective == stored.spec.objective),
            ("spec.dataset", spec.dataset == stored.spec.dataset),
            ("spec.checkpoints", spec.checkpoints == stored.spec.checkpoints),
        ]
        return comparisons.filter { !$0.1 }.map { FieldError($0.0, Self.fixedMessage) }
    }

    public var references: [FieldReference] {
        storageReferences(spec.dataset.uri, at: "spec.dataset.uri")
            + storageReferences(spec.checkpoints.uri, at: "spec.checkpoints.uri")
            + spec.template.references(at: "spec.template")
    }
}
