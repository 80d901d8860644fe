/// How often each true class was predicted as each class.
public struct ConfusionMatrix: Hashable, Sendable, Codable {
    /// `counts[truth][prediction]`.
    public private(set) var counts: [[Int]]

    /// An empty matrix for classes 0 to `classCount` - 1.
    public init(classCount: Int) {
        counts = Array(repeating: Array(repeating: 0, count: max(0, classCount)), count: max(0, classCount))
    }

    /// Counts labels and predictions of the same records, in the same order.
    ///
    /// The two must be equally long and hold only 0 to `classCount` - 1.
    public init(labels: some Collection<Int>, predictions: some Collection<Int>, classCount: Int) {
        precondition(labels.count == predictions.count, "a prediction for each label")
        self.init(classCount: classCount)
        for (label, prediction) in zip(labels, predictions) { add(label: label, prediction: prediction) }
    }

    /// Counts one record.
    public mutating func add(label: Int, prediction: Int) { counts[label][prediction] += 1 }

    public var classCount: Int { counts.count }

    /// Number of records.
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// Records whose class was predicted rightly.
    public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// Records that are truly of this class.
    public func support(of index: Int) -> Int { counts[index].reduce(0, +) }

    /// Records that were predicted to be of this class.
    public func predicted(as index: Int) -> Int { counts.reduce(0) { $0 + $1[index] } }
}
