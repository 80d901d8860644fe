extension PodManifest {
    /// Why this node must not run the pod: it asks for a way of restarting that the node does not know.
    ///
    /// A pod that ran under a guess would end in another way than its author wrote down. Values newer than this node get
    /// here, since the API server lets no wrong ones pass.
    package var refusal: String? {
        if let policy = spec.restartPolicy, RestartPolicy(rawValue: policy) == nil {
            return Self.unknown("spec.restartPolicy", policy, Self.policies)
        }
        for (field, containers) in [("initContainers", spec.initContainers ?? []), ("containers", spec.containers)] {
            for (index, container) in containers.enumerated() {
                if let problem = container.refusal(path: "spec.\(field)[\(index)]") { return problem }
            }
        }
        return nil
    }

    static let policies = RestartPolicy.allCases.map(\.rawValue)

    static func unknown(_ path: String, _ value: String, _ known: [String]) -> String {
        "\(path): \"\(value.prefix(100))\" is not known to this node, which knows \(known.joined(separator: ", "))"
    }
}

extension ContainerManifest {
    fileprivate func refusal(path: String) -> String? {
        if let policy = restartPolicy, PodManifest.RestartPolicy(rawValue: policy) == nil {
            return PodManifest.unknown("\(path).restartPolicy", policy, PodManifest.policies)
        }
        for (index, rule) in (restartPolicyRules ?? []).enumerated() {
            let path = "\(path).restartPolicyRules[\(index)]"
            guard rule.action == "Restart" else {
                return PodManifest.unknown("\(path).action", rule.action, ["Restart"])
            }
            guard let exitCodes = rule.exitCodes else { return "\(path): this node knows rules with exitCodes only" }
            guard ["In", "NotIn"].contains(exitCodes.operator) else {
                return PodManifest.unknown("\(path).exitCodes.operator", exitCodes.operator, ["In", "NotIn"])
            }
        }
        return nil
    }
}
