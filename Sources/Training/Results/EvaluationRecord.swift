import AerieAPI
import Evaluation

/// An attempt's or evaluator's `evaluations/<step>.json`: everything that an evaluation found, the confusion matrix too.
struct EvaluationRecord: Encodable {
    var step: Int
    /// The mean over the steps since the evaluation before; only who trains knows it.
    var trainingLoss: Double?
    var validation: ClassificationReport

    private enum CodingKeys: String, CodingKey {
        case step, trainingLoss, validation
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(step, forKey: .step)
        try container.encodeIfPresent(trainingLoss.map(MetricValue.init), forKey: .trainingLoss)
        try container.encode(ReportDocument(validation), forKey: .validation)
    }
}
