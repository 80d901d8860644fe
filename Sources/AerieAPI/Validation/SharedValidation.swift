import KubernetesAPI

/// Checks that several kinds share; each gives what is wrong below `path`.
extension Objective {
    func validate(at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let problem = MetricName.problem(with: metric) { errors.append(FieldError("\(path).metric", problem)) }
        if let target, !target.isFinite {
            errors.append(FieldError("\(path).target", "must be a finite number; leave it out for no target"))
        }
        return errors
    }
}

extension MetricName {
    /// Metrics that every trial of the companion trainer reports.
    static let overall = [trainingLoss, validationLoss, accuracy, macroF1]

    /// What is wrong with a metric's name, and which there are.
    static func problem(with name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isPerClass =
            parts.count >= 3 && parts[0] == "validation" && ["precision", "recall", "f1"].contains(parts[1])
            && !parts[2].isEmpty
        guard !overall.contains(name), !isPerClass else { return nil }
        return """
            "\(name)" is not reported by any trial; known are \(overall.joined(separator: ", ")) and \
            validation/precision/<class>, validation/recall/<class>, validation/f1/<class>
            """
    }
}

extension DatasetSource {
    func validate(at path: String) -> [FieldError] {
        var errors = uriErrors(uri, at: "\(path).uri")
        if let digest, !isSHA256(digest) {
            errors.append(
                FieldError("\(path).digest", "must be sha256: and 64 hexadecimal digits; leave it out to record it"))
        }
        return errors
    }
}

extension CheckpointStore {
    func validate(at path: String) -> [FieldError] {
        uriErrors(uri, at: "\(path).uri") + WholeNumbers.keptCheckpoints.errors(keep, at: "\(path).keep")
    }
}

extension TrialTemplate {
    func validate(at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if trainer.image.isEmpty {
            errors.append(FieldError("\(path).trainer.image", "name the image with the aerie-trainer program"))
        }
        errors += trainer.configuration.validate(at: "\(path).trainer")
        if let accelerator {
            if !DNSName.isSubdomain(accelerator.profile) {
                errors.append(
                    FieldError(
                        "\(path).accelerator.profile",
                        "\"\(accelerator.profile)\" is no name of an AcceleratorProfile; `kubectl get accel` lists them"
                    ))
            }
            errors += WholeNumbers.accelerators.errors(
                accelerator.count, at: "\(path).accelerator.count", hint: "leave `accelerator` out for the CPU")
        }
        errors += WholeNumbers.trialBackoffLimit.errors(backoffLimit, at: "\(path).backoffLimit")
        errors += WholeNumbers.positiveSeconds.errors(
            activeDeadlineSeconds, at: "\(path).activeDeadlineSeconds", hint: "leave it out for no limit")
        return errors + podTemplateErrors(podTemplate, at: "\(path).podTemplate")
    }
}

extension Gate {
    func validate(at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let problem = MetricName.problem(with: metric) { errors.append(FieldError("\(path).metric", problem)) }
        if min == nil, max == nil { errors.append(FieldError(path, "give min, max or both")) }
        if let min, let max, min > max {
            errors.append(FieldError("\(path).min", "\(min) is above max \(max): no checkpoint could pass"))
        }
        return errors
    }
}

extension ImageTarget {
    func validate(at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let last = repository.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        if repository.isEmpty || last.isEmpty {
            errors.append(FieldError("\(path).repository", "name it as <registry>/<name>"))
        } else if last.contains(":") || last.contains("@") {
            errors.append(
                FieldError(
                    "\(path).repository", "is \"\(repository)\"; leave the tag or digest out, every image is its own"))
        }
        if base.isEmpty { errors.append(FieldError("\(path).base", "name the serving image to build on")) }
        return errors
    }
}

extension ServingTemplate {
    func validate(at path: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let name, !DNSName.isLabel(name) {
            errors.append(
                FieldError(
                    "\(path).name",
                    "is \"\(name)\"; a service's name has at most 63 small letters, digits and -, and begins with a letter"
                ))
        }
        errors += WholeNumbers.servingReplicas.errors(replicas, at: "\(path).replicas")
        return errors + podTemplateErrors(podTemplate, at: "\(path).podTemplate")
    }
}

func uriErrors(_ uri: String, at path: String) -> [FieldError] {
    do {
        _ = try StorageURI(uri)
        return []
    } catch {
        return [FieldError(path, error.message)]
    }
}

func isSHA256(_ digest: String) -> Bool {
    let parts = digest.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0] == "sha256" && parts[1].utf8.count == 64
        && parts[1].utf8.allSatisfy { Set("0123456789abcdef".utf8).contains($0) }
}

/// A pod template is checked by the API server when the pod is created; here its types, which no definition of ours has
/// for it but that of TFJobs, and what merging would trip over.
func podTemplateErrors(_ template: JSONValue?, at path: String) -> [FieldError] {
    guard let template else { return [] }
    var errors: [FieldError] = []
    for (name, _) in (template.objectValue ?? [:]).sorted(by: { $0.key < $1.key })
    where name != "metadata" && name != "spec" {
        errors.append(
            FieldError("\(path).\(name)", "a pod template has metadata and spec; did you mean \(path).spec.\(name)?"))
    }
    for list in ["containers", "initContainers", "volumes"] {
        for (index, element) in (template["spec"]?[list]?.arrayValue ?? []).enumerated()
        where element["name"]?.stringValue == nil {
            errors.append(FieldError("\(path).spec.\(list)[\(index)].name", "name it: elements are merged by name"))
        }
    }
    return errors + WronglyTypedPodFields(in: template, at: path).findings
}
