public import KubernetesAPI

extension TFJob {
    /// What works, but hardly as it was meant; shown by `kubectl apply` beside its success.
    public var warnings: [FieldError] {
        spec.legacyFields.map { name in
            FieldError("spec.\(name)", "belongs under spec.runPolicy; it is read from here, but move it to runPolicy")
        }
            + ReplicaType.allCases.flatMap { type in
                spec.tfReplicaSpecs[type].map { warnings(type, $0) } ?? []
            }
            + (warningOfEndlessness.map { [$0] } ?? [])
    }

    private func warnings(_ type: ReplicaType, _ spec: ReplicaSpec) -> [FieldError] {
        let path = "spec.tfReplicaSpecs.\(type.rawValue).template"
        let template = spec.template ?? [:]
        var warnings = MisplacedPodFields(in: template).findings.map { FieldError("\(path).\($0.path)", $0.message) }
        warnings += UnknownPodFields(in: template, at: path).findings
        if let policy = template["spec"]?["restartPolicy"]?.stringValue, !policy.isEmpty {
            warnings.append(
                FieldError(
                    "\(path).spec.restartPolicy",
                    "\(policy) is overwritten by the replica's restartPolicy "
                        + "(\(spec.restartPolicy?.text ?? "Never")); set it there"))
        }
        let environment = template.tensorFlowContainer?["env"]?.arrayValue ?? []
        if environment.contains(where: { $0["name"]?.stringValue == "TF_CONFIG" }) {
            warnings.append(
                FieldError(
                    "\(path).spec.containers", "sets TF_CONFIG, which a job of several replicas sets itself; remove it")
            )
        }
        return warnings
    }

    /// A job whose deciding replicas were scaled to none waits for ever; `nil` for any other.
    public var warningOfEndlessness: FieldError? {
        let deciding = ReplicaType.allCases.filter { spec.tfReplicaSpecs[$0] != nil }
        let chiefs = deciding.filter(\.isChief)
        let types = !chiefs.isEmpty ? chiefs : deciding.contains(.worker) ? [.worker] : deciding
        guard let first = types.first, types.allSatisfy({ spec.tfReplicaSpecs[$0]?.replicas == 0 }) else { return nil }
        return FieldError(
            "spec.tfReplicaSpecs.\(first.rawValue).replicas",
            "is 0, and this type decides when the job has succeeded: it will not end by itself")
    }
}
