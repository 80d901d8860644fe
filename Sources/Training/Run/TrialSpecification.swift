public import AerieAPI
import KubernetesAPI

/// One attempt at one trial: everything it needs to know, checked.
public struct TrialSpecification: Hashable, Sendable {
    public var experiment: String
    public var trial: String
    public var trialUID: String
    /// Names this attempt's folder: the pod's uid.
    public var attempt: String
    public var dataset: String
    /// The digest that the data must have, if that was said.
    public var datasetDigest: String?
    /// The trial's own folder.
    public var folder: String
    /// How many checkpoints stay, besides the latest.
    public var keep: Int
    public var objective: Objective
    public var configuration: TrainerConfiguration

    /// Applies the parameters and checks everything that can be checked without the data.
    ///
    /// Throws ``TrainingError`` `badConfiguration` that names all wrong fields.
    public init(_ environment: TrialEnvironment, attempt: String) throws(TrainingError) {
        var configuration = TrainerConfiguration(environment.trainer)
        let errors = configuration.validate() + configuration.apply(environment.parameters)
        guard errors.isEmpty else {
            throw TrainingError(.badConfiguration, errors.map(\.description).joined(separator: "; "))
        }
        guard !attempt.isEmpty, !attempt.hasPrefix("."), !attempt.contains("/") else {
            throw TrainingError(.badConfiguration, "\"\(attempt)\" cannot name an attempt's folder")
        }
        guard environment.objective.metric.utf8.count <= MetricName.maximumSize else {
            throw TrainingError(
                .badConfiguration, "objective.metric: must be at most \(MetricName.maximumSize) bytes")
        }
        experiment = environment.experiment
        trial = environment.trial
        trialUID = environment.trialUID
        self.attempt = attempt
        dataset = try FileURI.path(environment.datasetURI)
        datasetDigest = environment.datasetDigest
        folder = try FileURI.path(environment.checkpointURI)
        keep = environment.checkpointKeep
        objective = environment.objective
        self.configuration = configuration
    }
}
