public import AerieAPI
public import Evaluation

extension Metrics {
    /// The metrics of an evaluation on validation data, by the names that trials report.
    public init(_ report: ClassificationReport, trainingLoss: Double? = nil) {
        self.init()
        self[MetricName.trainingLoss] = trainingLoss
        self[MetricName.validationLoss] = report.loss
        self[MetricName.accuracy] = report.accuracy
        self[MetricName.macroF1] = report.macro.f1
        for metrics in report.classes {
            self[MetricName.precision(class: metrics.name)] = metrics.precision
            self[MetricName.recall(class: metrics.name)] = metrics.recall
            self[MetricName.f1(class: metrics.name)] = metrics.f1
        }
    }

    /// The names that a training on these classes reports.
    static func names(classes: [String]) -> [String] {
        let perClass = classes.flatMap { name in
            [MetricName.precision(class: name), MetricName.recall(class: name), MetricName.f1(class: name)]
        }
        return [MetricName.trainingLoss, MetricName.validationLoss, MetricName.accuracy, MetricName.macroF1] + perClass
    }

    /// Without the metrics of single classes.
    var summary: Metrics { Metrics(values.filter { $0.key.split(separator: "/").count == 2 }) }
}
