public import KubernetesAPI

extension ModelPromotion: CheckedObject {
    /// Everything that is wrong with the spec; empty for a good one.
    public func validate() -> [FieldError] {
        var errors: [FieldError] = []
        if !DNSName.isLabel(metadata.name) {
            errors.append(
                FieldError(
                    "metadata.name",
                    "is \"\(metadata.name)\"; use at most 63 small letters, digits and -, beginning with a letter"))
        }
        if !DNSName.isLabel(spec.modelName) {
            errors.append(
                FieldError(
                    "spec.modelName",
                    "is \"\(spec.modelName)\"; use at most 63 small letters, digits and -, beginning with a letter"))
        }
        errors += WholeNumbers.exact.errors(spec.checkpoint.step, at: "spec.checkpoint.step")
        if !isSHA256(spec.checkpoint.digest) {
            errors.append(FieldError("spec.checkpoint.digest", "must be sha256: and 64 hexadecimal digits"))
        }
        errors += uriErrors(spec.checkpoint.uri, at: "spec.checkpoint.uri")
        if spec.checkpoint.path.isEmpty || spec.checkpoint.path.hasPrefix("/")
            || spec.checkpoint.path.split(separator: "/").contains("..")
        {
            errors.append(
                FieldError("spec.checkpoint.path", "must be a path below the trial's folder, without `..`"))
        }
        if spec.trainerImage.isEmpty {
            errors.append(FieldError("spec.trainerImage", "name the image with the aerie-trainer program"))
        }
        if spec.builderImage.isEmpty {
            errors.append(FieldError("spec.builderImage", "name the image with the aerie program"))
        }
        errors += spec.gates.enumerated().flatMap { $1.validate(at: "spec.gates[\($0)]") }
        errors += spec.image.validate(at: "spec.image") + podTemplateErrors(spec.podTemplate, at: "spec.podTemplate")
        return errors + (spec.serving?.validate(at: "spec.serving") ?? [])
    }

    static let fixedMessage = "cannot change: the promotion is the record of this model; make another promotion"

    /// What led to the model stays; how it is built and run may change.
    public func forbiddenChanges(since stored: ModelPromotion) -> [FieldError] {
        let comparisons: [(String, Bool)] = [
            ("spec.source", spec.source == stored.spec.source),
            ("spec.checkpoint", spec.checkpoint == stored.spec.checkpoint),
            ("spec.modelName", spec.modelName == stored.spec.modelName),
        ]
        return comparisons.filter { !$0.1 }.map { FieldError($0.0, Self.fixedMessage) }
    }

    public var references: [FieldReference] {
        storageReferences(spec.checkpoint.uri, at: "spec.checkpoint.uri")
            + (spec.podTemplate.map { podReferences($0, at: "spec.podTemplate") } ?? [])
    }
}
