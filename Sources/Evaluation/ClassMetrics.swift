/// How well one class is told from the others.
///
/// A ratio without a denominator is 0: the precision of a class that was never predicted, the recall of a class without
/// records, the F1 of a class with neither.
public struct ClassMetrics: Hashable, Sendable, Codable {
    public var name: String
    /// Records that are truly of this class.
    public var support: Int
    /// The share of the records predicted to be of this class that are.
    public var precision: Double
    /// The share of the records of this class that were predicted to be.
    public var recall: Double
    /// The harmonic mean of precision and recall.
    public var f1: Double

    init(name: String, index: Int, in matrix: ConfusionMatrix) {
        let hits = matrix.counts[index][index]
        let support = matrix.support(of: index)
        let predicted = matrix.predicted(as: index)
        self.name = name
        self.support = support
        precision = ratio(hits, of: predicted)
        recall = ratio(hits, of: support)
        f1 = ratio(2 * hits, of: support + predicted)
    }
}
