import AerieAPI
public import Evaluation

/// A classification report as JSON, in which a loss that is no number is the string that stands for it.
public struct ReportDocument: Encodable, Sendable {
    private let report: ClassificationReport

    public init(_ report: ClassificationReport) { self.report = report }

    private enum CodingKeys: String, CodingKey {
        case records, loss, accuracy, macro, classes, confusion
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(report.records, forKey: .records)
        try container.encode(MetricValue(report.loss), forKey: .loss)
        try container.encode(report.accuracy, forKey: .accuracy)
        try container.encode(report.macro, forKey: .macro)
        try container.encode(report.classes, forKey: .classes)
        try container.encode(report.confusion, forKey: .confusion)
    }
}
