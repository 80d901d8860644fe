/// The consecutive rows of every batch that one task computes.
struct BatchShare: Hashable {
    /// Records in the whole batch.
    var batchSize: Int
    var rows: Range<Int>
    /// Which of the shares this is, from 0.
    var index: Int

    var isWhole: Bool { rows.count == batchSize }

    /// Sets functions of different shares apart in one graph.
    var suffix: String { isWhole ? "" : "_\(index)" }

    /// Cuts a batch into shares whose sizes differ by at most one.
    static func all(of batchSize: Int, among count: Int) -> [BatchShare] {
        (0..<count).map { index in
            BatchShare(
                batchSize: batchSize,
                rows: index * batchSize / count..<(index + 1) * batchSize / count, index: index)
        }
    }

    static func whole(_ batchSize: Int) -> BatchShare { all(of: batchSize, among: 1)[0] }
}
