public import KubernetesAPI

/// The custom resource definitions that Aerie installs.
public enum AerieCRDs {
    public static let all = [
        TrainingExperiment.customResourceDefinition, Trial.customResourceDefinition,
        ModelPromotion.customResourceDefinition, AcceleratorProfile.customResourceDefinition,
        TFJob.customResourceDefinition,
    ]

    /// What lies in `crds/`: the name of each file and the document in it.
    ///
    /// The folder `kubernetes-1.20` holds the same definitions without validation rules: servers before 1.25 do not
    /// know these, and refuse a definition that has them when it is applied by the server's side.
    public static var files: [(name: String, document: JSONValue)] {
        all.map { ("\($0.name).yaml", $0.json) }
            + all.map { ("kubernetes-1.20/\($0.name).yaml", withoutRules($0.json)) }
    }

    private static func withoutRules(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(members.filter { $0.key != "x-kubernetes-validations" }.mapValues(withoutRules))
        case .array(let elements): .array(elements.map(withoutRules))
        default: value
        }
    }
}
