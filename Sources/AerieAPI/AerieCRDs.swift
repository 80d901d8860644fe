public import KubernetesAPI

/// The custom resource definitions that Aerie installs.
public enum AerieCRDs {
    public static let all = [
        TrainingExperiment.customResourceDefinition, Trial.customResourceDefinition,
        ModelPromotion.customResourceDefinition, AcceleratorProfile.customResourceDefinition,
        TFJob.customResourceDefinition,
    ]

    /// What lies in `crds/`: the name of each file and the document in it.
    public static var files: [(name: String, document: JSONValue)] {
        all.map { ("\($0.name).yaml", $0.json) }
    }
}
