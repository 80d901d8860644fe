/// The quality of a classifier on one set of labelled records.
public struct ClassificationReport: Hashable, Sendable, Codable {
    /// Number of records.
    public var records: Int
    /// The mean of the records' losses (cross-entropy, in nats).
    public var loss: Double
    /// The share of records whose class was predicted rightly; 0 without records.
    public var accuracy: Double
    /// Means over all classes that are expected, the ones without records too.
    public var macro: Macro
    /// In the order of the classes' numbers.
    public var classes: [ClassMetrics]
    /// `confusion[truth][prediction]`.
    public var confusion: [[Int]]

    /// Unweighted means over classes.
    public struct Macro: Hashable, Sendable, Codable {
        public var precision: Double
        public var recall: Double
        public var f1: Double
    }

    /// - Precondition: as many names as the matrix has classes, and at least one.
    public init(_ matrix: ConfusionMatrix, classNames: [String], loss: Double) {
        precondition(matrix.classCount == classNames.count && !classNames.isEmpty, "a name for each class")
        records = matrix.total
        self.loss = loss
        accuracy = ratio(matrix.correct, of: matrix.total)
        let classes = classNames.enumerated().map { ClassMetrics(name: $1, index: $0, in: matrix) }
        self.classes = classes
        func mean(_ value: (ClassMetrics) -> Double) -> Double {
            classes.reduce(0) { $0 + value($1) } / Double(classes.count)
        }
        macro = Macro(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
        confusion = matrix.counts
    }
}
