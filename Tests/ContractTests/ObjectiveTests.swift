import AerieAPI
import Testing

@Suite struct ObjectiveTests {
    struct Row: Sendable {
        var goal: Objective.Goal
        var value: Double
        var other: Double
        var preferred: Bool
    }

    static let rows = [
        Row(goal: .maximize, value: 0.9, other: 0.8, preferred: true),
        Row(goal: .maximize, value: 0.8, other: 0.8, preferred: false),
        Row(goal: .minimize, value: 0.1, other: 0.2, preferred: true),
        Row(goal: .minimize, value: .infinity, other: 0.2, preferred: false),
        Row(goal: .maximize, value: .nan, other: -.infinity, preferred: false),
        Row(goal: .minimize, value: .infinity, other: .nan, preferred: true),
        Row(goal: .maximize, value: .nan, other: .nan, preferred: false),
    ]

    @Test("better is strict, and NaN is worse than every number", arguments: rows)
    func preference(row: Row) { #expect(row.goal.prefers(row.value, to: row.other) == row.preferred) }

    @Test("a target is reached by values as good as it, never by NaN")
    func target() {
        #expect(Objective(metric: "m", goal: .maximize, target: 0.9).isReached(by: 0.9))
        #expect(!Objective(metric: "m", goal: .maximize, target: 0.9).isReached(by: 0.89))
        #expect(Objective(metric: "m", goal: .minimize, target: 0.1).isReached(by: 0.05))
        #expect(!Objective(metric: "m", goal: .minimize, target: 0.1).isReached(by: .nan))
        #expect(!Objective(metric: "m").isReached(by: 1))
    }
}
