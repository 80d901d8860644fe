import AerieAPI
import KubernetesAPI
import Testing
import Training

@Suite struct CheckpointRetentionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var goal = Objective.Goal.maximize
        var keep: Int
        /// The objective's value after step 1, 2, …; `nil` for a checkpoint without an evaluation.
        var values: [Double?]
        var ranked: [Int]
        var kept: [Int]
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "nothing there", keep: 3, values: [], ranked: [], kept: []),
        Row(name: "the best and the latest stay", keep: 1, values: [0.3, 0.9, 0.5], ranked: [2, 3, 1], kept: [2, 3]),
        Row(name: "the latest may be the best", keep: 2, values: [0.3, 0.2, 0.5], ranked: [3, 1, 2], kept: [1, 3]),
        Row(
            name: "smaller is better when asked to minimize", goal: .minimize, keep: 1, values: [0.3, 0.2, 0.5],
            ranked: [2, 1, 3], kept: [2, 3]),
        Row(
            name: "of equals the earlier is better", keep: 1, values: [0.5, 0.9, 0.9], ranked: [2, 3, 1], kept: [2, 3]),
        Row(name: "NaN is never best", keep: 3, values: [.nan, 0.1, .nan], ranked: [2], kept: [2, 3]),
        Row(name: "all NaN leave nothing but the latest", keep: 2, values: [.nan, .nan], ranked: [], kept: [2]),
        Row(
            name: "infinity is a number, and the worst of them", goal: .minimize, keep: 1, values: [.infinity, 5],
            ranked: [2, 1], kept: [2]),
        Row(
            name: "one without an evaluation is only the latest", keep: 2, values: [0.4, nil], ranked: [1],
            kept: [1, 2]),
    ]

    @Test("which checkpoints stay", arguments: rows)
    func retention(row: Row) {
        let retention = CheckpointRetention(objective: Objective(metric: "m", goal: row.goal), count: row.keep)
        let entries = row.values.enumerated().map { index, value in
            CheckpointEntry(
                step: index + 1, digest: "", files: [], metrics: Metrics(value.map { ["m": $0] } ?? [:]),
                time: Time(seconds: 0))
        }
        #expect(retention.ranked(entries.reversed()).map(\.step) == row.ranked)
        #expect(retention.kept(of: entries.reversed()).map(\.step) == row.kept)
    }
}
