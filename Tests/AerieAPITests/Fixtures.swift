import AerieAPI
import KubernetesAPI
import KubernetesYAML

/// A document of a test, as a person would write it.
func yaml(_ text: String) throws -> JSONValue { try YAMLReader.document(Array(text.utf8)) }

enum Fixture {
    /// The least that an experiment needs.
    static let experiment = """
        apiVersion: aerie.dev/v1alpha1
        kind: TrainingExperiment
        metadata: {name: landsat, namespace: default}
        spec:
          objective: {metric: validation/accuracy}
          parameters:
            - {name: learningRate, double: {min: 0.0001, max: 0.1}}
            - {name: batchSize, int: {min: 32, max: 256}}
          maxTrials: 12
          dataset: {uri: pvc://datasets/landsat}
          checkpoints: {uri: pvc://checkpoints}
          trial:
            accelerator: {profile: t4}
            trainer: {image: aerie-trainer:1}
          promotion:
            image: {repository: registry.example/landsat, base: registry.example/aerie-serving:1}
            builderImage: aerie:1
            serving: {}
        """

    static let trial = """
        apiVersion: aerie.dev/v1alpha1
        kind: Trial
        metadata: {name: landsat-00001, namespace: default}
        spec:
          experiment: landsat
          number: 1
          objective: {metric: validation/accuracy}
          dataset: {uri: pvc://datasets/landsat}
          checkpoints: {uri: pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00001}
          template:
            trainer: {image: aerie-trainer:1}
        """

    static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    static let promotion = """
        apiVersion: aerie.dev/v1alpha1
        kind: ModelPromotion
        metadata: {name: landsat-1f0c-01234567, namespace: default}
        spec:
          source: {experiment: landsat, trial: landsat-00001}
          checkpoint:
            uri: pvc://checkpoints/default/landsat-1f0c2a9b/landsat-00001
            path: attempts/a/checkpoints/ckpt-500
            step: 500
            digest: \(digest)
          metric: validation/accuracy
          value: 0.9
          modelName: landsat
          trainerImage: aerie-trainer:1
          builderImage: aerie:1
          image: {repository: registry.example/landsat, base: registry.example/aerie-serving:1}
          serving: {}
        """

    static let profile = """
        apiVersion: aerie.dev/v1alpha1
        kind: AcceleratorProfile
        metadata: {name: t4}
        spec: {resourceName: nvidia.com/gpu}
        """
}
