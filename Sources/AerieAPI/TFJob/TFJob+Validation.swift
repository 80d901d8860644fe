public import KubernetesAPI

extension TFJob: CheckedObject {
    /// Everything that keeps this job from running, each with what would be right; empty for a good job.
    ///
    /// What the API server checks itself, types and lists of words, is checked again: the job may have been stored
    /// under another CRD.
    public func validate() -> [FieldError] {
        validateNames() + validateRunPolicy() + validateReplicaTypes()
            + ReplicaType.allCases.flatMap { type in
                spec.tfReplicaSpecs[type].map { Self.validate($0, at: "spec.tfReplicaSpecs.\(type.rawValue)") } ?? []
            }
    }

    public func forbiddenChanges(since stored: TFJob) -> [FieldError] {
        var errors: [FieldError] = []
        if (spec.runPolicy.managedBy?.text ?? "") != (stored.spec.runPolicy.managedBy?.text ?? "") {
            errors.append(
                FieldError(
                    "spec.runPolicy.managedBy",
                    "cannot change after creation; create the job again under the other manager"))
        }
        // As upstream: a queue may be given to a job that had none.
        if let queue = spec.runPolicy.schedulingPolicy?.queue,
            let before = stored.spec.runPolicy.schedulingPolicy?.queue, queue != before
        {
            errors.append(
                FieldError(
                    "spec.runPolicy.schedulingPolicy.queue",
                    "cannot change after creation; create the job again in the other queue"))
        }
        return errors
    }

    public var references: [FieldReference] {
        var references: [FieldReference] = []
        for replica in replicas where replica.count > 0 {
            references += podReferences(
                replica.template, at: "spec.tfReplicaSpecs.\(replica.type.rawValue).template")
        }
        if let name = spec.runPolicy.schedulingPolicy?.priorityClass, !name.isEmpty {
            references.append(
                FieldReference(
                    "spec.runPolicy.schedulingPolicy.priorityClass", PodReferenceKind.priorityClass, name,
                    "the group of pods has no priority until it does"))
        }
        return references
    }

    /// The longest name of a label, and of a host in DNS.
    private static let maximumLabelLength = 63

    private func validateNames() -> [FieldError] {
        var errors: [FieldError] = []
        if !metadata.name.isDNS1035Label {
            errors.append(
                FieldError(
                    "metadata.name",
                    "\"\(metadata.name)\" cannot name services; use lower-case letters, digits and \"-\", "
                        + "beginning with a letter and ending with a letter or digit"))
        }
        let longest = ReplicaType.allCases
            .compactMap { type in
                spec.tfReplicaSpecs[type].map { spec in
                    childName(type, max(0, (spec.replicas ?? 1).subtractingWithSaturation(1)))
                }
            }
            .max { $0.utf8.count < $1.utf8.count }
        if let longest, longest.utf8.count > Self.maximumLabelLength {
            // Cannot overflow: lengths of texts in memory.
            let limit = Self.maximumLabelLength - (longest.utf8.count - metadata.name.utf8.count)
            errors.append(
                FieldError(
                    "metadata.name",
                    "is too long: the pod and service \(longest) would have more than 63 characters; "
                        + "use at most \(limit)"))
        }
        return errors
    }

    private func validateRunPolicy() -> [FieldError] {
        let path = "spec.runPolicy"
        let policy = spec.runPolicy
        var errors = Self.checkWord(policy.cleanPodPolicy, at: "\(path).cleanPodPolicy")
        errors += Self.checkWord(policy.managedBy, at: "\(path).managedBy")
        errors += Self.checkWord(spec.successPolicy, at: "spec.successPolicy")
        let limits: [(String, Int?, WholeNumbers)] = [
            ("ttlSecondsAfterFinished", policy.ttlSecondsAfterFinished, .seconds),
            ("activeDeadlineSeconds", policy.activeDeadlineSeconds, .seconds),
            ("backoffLimit", policy.backoffLimit, .count),
            ("schedulingPolicy.minAvailable", policy.schedulingPolicy?.minAvailable, .count),
            ("schedulingPolicy.scheduleTimeoutSeconds", policy.schedulingPolicy?.scheduleTimeoutSeconds, .seconds),
        ]
        for (name, limit, numbers) in limits {
            errors += Self.check(limit, in: numbers, at: "\(path).\(name)", otherwise: ", or leave it out")
        }
        return errors
    }

    private func validateReplicaTypes() -> [FieldError] {
        let path = "spec.tfReplicaSpecs"
        let types = ReplicaType.allCases.map(\.rawValue).joined(separator: ", ")
        var errors = spec.misnamedReplicaTypes.map { key in
            FieldError(
                "\(path).\(key)",
                ReplicaType(anyCase: key) == nil
                    ? "is no replica type; use one of \(types)" : "names a type that is there already in another case")
        }
        if spec.tfReplicaSpecs.isEmpty && spec.misnamedReplicaTypes.isEmpty {
            errors.append(FieldError(path, "is empty; give at least one of \(types)"))
        }
        if spec.tfReplicaSpecs[.chief] != nil && spec.tfReplicaSpecs[.master] != nil {
            errors.append(FieldError(path, "has both Chief and Master, which decide alike; keep one of them"))
        }
        for type in [ReplicaType.chief, .master] {
            if let count = spec.tfReplicaSpecs[type]?.replicas, count > 1 {
                errors.append(
                    FieldError(
                        "\(path).\(type.rawValue).replicas", "\(count) is too many; a job has one \(type.rawValue)"))
            }
        }
        return errors
    }

    private static func validate(_ spec: ReplicaSpec, at path: String) -> [FieldError] {
        var errors = checkWord(spec.restartPolicy, at: "\(path).restartPolicy")
        errors += check(spec.replicas, in: .replicas, at: "\(path).replicas")
        let place = "\(path).template.spec.containers"
        let containers = spec.template?["spec"]?["containers"]?.arrayValue ?? []
        if containers.isEmpty {
            errors.append(FieldError(place, "is missing; give at least the container \(Name.container)"))
            return errors
        }
        for (index, container) in containers.enumerated() where (container["image"]?.stringValue ?? "").isEmpty {
            errors.append(FieldError("\(place)[\(index)].image", "is missing; name the image that the container runs"))
        }
        let names = containers.map { $0["name"]?.stringValue ?? "" }
        if !names.contains(Name.container) {
            errors.append(
                FieldError(
                    place,
                    "has no container named \(Name.container) (only \(names.joined(separator: ", "))); "
                        + "name the one that trains \(Name.container)"))
        }
        return errors
    }

    /// Numbers that begin with 0 have words of their own.
    private static func check(
        _ count: Int?, in numbers: WholeNumbers, at path: String, otherwise: String = ""
    ) -> [FieldError] {
        guard let count, !numbers.contains(count) else { return [] }
        guard count < 0 else {
            return [FieldError(path, "\(count) is too large; use at most \(numbers.range.upperBound)")]
        }
        return [FieldError(path, "\(count) is negative; use 0 or more\(otherwise)")]
    }

    private static func checkWord<Value>(_ choice: Choice<Value>?, at path: String) -> [FieldError] {
        guard let choice, choice.value == nil, !choice.text.isEmpty else { return [] }
        return [FieldError(path, "\"\(choice.text)\" is unknown; use one of \(Choice<Value>.allowed)")]
    }
}

extension String {
    /// What a service may be called: RFC 1035, at most 63 characters.
    var isDNS1035Label: Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let bytes = Array(utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63, letters.contains(first) else {
            return false
        }
        return last != UInt8(ascii: "-")
            && bytes.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
    }
}
