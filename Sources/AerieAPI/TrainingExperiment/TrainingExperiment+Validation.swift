public import KubernetesAPI

extension TrainingExperiment: CheckedObject {
    /// Everything that is wrong with the spec, each with the field and what would be right; empty for a good one.
    public func validate() -> [FieldError] {
        var errors = nameErrors + spec.objective.validate(at: "spec.objective") + parameterErrors + countErrors
        errors += spec.dataset.validate(at: "spec.dataset") + spec.checkpoints.validate(at: "spec.checkpoints")
        errors += spec.trial.validate(at: "spec.trial")
        return errors + (spec.promotion?.validate(at: "spec.promotion") ?? [])
    }

    public var references: [FieldReference] {
        storageReferences(spec.dataset.uri, at: "spec.dataset.uri")
            + storageReferences(spec.checkpoints.uri, at: "spec.checkpoints.uri")
            + spec.trial.references(at: "spec.trial")
            + (spec.promotion?.podTemplate.map { podReferences($0, at: "spec.promotion.podTemplate") } ?? [])
    }

    private var nameErrors: [FieldError] {
        let limit = ChildName.maximumExperimentLength
        guard !DNSName.isLabel(metadata.name, maximumLength: limit) else { return [] }
        return [
            FieldError(
                "metadata.name",
                """
                is "\(metadata.name)"; use at most \(limit) small letters, digits and -, beginning with a letter, so \
                that the names of trials, pods and services made from it fit 63
                """)
        ]
    }

    private var parameterErrors: [FieldError] {
        if spec.parameters.isEmpty {
            return [
                FieldError(
                    "spec.parameters",
                    "is empty; add at least one, a categorical parameter with a single value if nothing shall vary")
            ]
        }
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, parameter) in spec.parameters.enumerated() {
            let path = "spec.parameters[\(index)]"
            if !seen.insert(parameter.name).inserted {
                errors.append(FieldError("\(path).name", "\"\(parameter.name)\" is there twice; remove one"))
            }
            let problems = parameter.validate(at: path)
            errors += problems
            if problems.isEmpty { errors += trainerErrors(parameter, at: path) }
        }
        return errors
    }

    /// Whether the trainer knows the parameter and takes the ends of its range.
    private func trainerErrors(_ parameter: Parameter, at path: String) -> [FieldError] {
        let ends: [JSONValue] =
            switch parameter.domain {
            case .double(let range): [.number(range.min), .number(range.max)]
            case .int(let range): [JSONValue(range.min), JSONValue(range.max)]
            case .discrete(let list): list.values.map { .number($0) }
            case .categorical(let list): list.values.map { .string($0) }
            case nil: []
            }
        for end in ends {
            var configuration = TrainerConfiguration()
            if let error = configuration.apply([parameter.name: end]).first {
                return [FieldError(path, "\"\(parameter.name)\" \(error.message)")]
            }
        }
        return []
    }

    private var countErrors: [FieldError] {
        var errors = WholeNumbers.trialNumber.errors(spec.maxTrials, at: "spec.maxTrials")
        let wrong = WholeNumbers.parallelTrials.errors(
            spec.parallelTrials, at: "spec.parallelTrials", hint: "use suspend to pause")
        errors += wrong
        if wrong.isEmpty, spec.maxTrials >= 1, spec.parallelTrials > spec.maxTrials {
            errors.append(
                FieldError(
                    "spec.parallelTrials",
                    "is \(spec.parallelTrials), above maxTrials \(spec.maxTrials); lower it or raise maxTrials"))
        }
        errors += WholeNumbers.failedTrials.errors(spec.maxFailedTrials, at: "spec.maxFailedTrials")
        errors += WholeNumbers.exact.errors(spec.algorithm.seed, at: "spec.algorithm.seed")
        if let points = spec.algorithm.settings.points {
            if spec.algorithm.name != .grid {
                errors.append(
                    FieldError("spec.algorithm.settings.points", "is for grid only; remove it or use algorithm grid"))
            } else {
                errors += WholeNumbers.gridPoints.errors(points, at: "spec.algorithm.settings.points")
            }
        }
        return errors
    }
}

extension PromotionTemplate {
    func validate(at path: String) -> [FieldError] {
        var errors = gates.enumerated().flatMap { $1.validate(at: "\(path).gates[\($0)]") }
        errors += image.validate(at: "\(path).image")
        if builderImage.isEmpty {
            errors.append(FieldError("\(path).builderImage", "name the image with the aerie program"))
        }
        errors += podTemplateErrors(podTemplate, at: "\(path).podTemplate")
        return errors + (serving?.validate(at: "\(path).serving") ?? [])
    }
}
