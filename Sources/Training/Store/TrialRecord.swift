import AerieAPI
import KubernetesAPI

/// A trial's `trial.json`: what all its attempts have in common.
struct TrialRecord: Codable, Hashable, Sendable {
    var contract = TrialContract.version
    var experiment: String
    var trial: String
    var trialUID: String
    var objective: Objective
    /// With parameters applied and defaults filled in.
    var trainer: TrainerConfiguration
    /// Of the trainer's configuration.
    var parametersDigest: String
    var datasetDigest: String
    /// The version that the first attempt ran with.
    var tensorFlow: String

    static func parametersDigest(of configuration: TrainerConfiguration) -> String {
        "sha256:" + ContentDigest.of(configuration.json.serialized)
    }

    /// Refuses to go on with a trial that is not the one this folder holds.
    func check(
        trialUID: String, trainer: TrainerConfiguration, datasetDigest: String?, folder: String
    ) throws(TrainingError) {
        func refuse(_ what: String, _ recorded: String, _ asked: String) -> TrainingError {
            TrainingError(
                .badConfiguration,
                "\(folder) holds a trial with another \(what): \(recorded), asked for \(asked); use another folder")
        }
        guard self.trialUID == trialUID else { throw refuse("uid", self.trialUID, trialUID) }
        guard parametersDigest == Self.parametersDigest(of: trainer) else {
            throw refuse("configuration", self.trainer.json.description, trainer.json.description)
        }
        if let datasetDigest, self.datasetDigest != datasetDigest {
            throw refuse("dataset", self.datasetDigest, datasetDigest)
        }
    }
}
