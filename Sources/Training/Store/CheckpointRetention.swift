package import AerieAPI

/// Which checkpoints of a trial stay: the best by the objective, and the latest to resume from.
package struct CheckpointRetention: Sendable {
    package var objective: Objective
    /// How many of the best.
    package var count: Int

    package init(objective: Objective, count: Int) {
        self.objective = objective
        self.count = count
    }

    /// The evaluated ones whose objective is a number, best first; of equals the earlier step is better.
    package func ranked(_ entries: [CheckpointEntry]) -> [CheckpointEntry] {
        let scored = entries.compactMap { entry in
            entry.metrics[objective.metric].flatMap { $0.isNaN ? nil : (entry: entry, value: $0) }
        }
        return scored.sorted { left, right in
            if objective.goal.prefers(left.value, to: right.value) { return true }
            if objective.goal.prefers(right.value, to: left.value) { return false }
            return left.entry.step < right.entry.step
        }.map(\.entry)
    }

    /// The ones that stay, by step.
    package func kept(of entries: [CheckpointEntry]) -> [CheckpointEntry] {
        var steps = Set(ranked(entries).prefix(count).map(\.step))
        if let latest = entries.map(\.step).max() { steps.insert(latest) }
        return entries.filter { steps.contains($0.step) }.sorted { $0.step < $1.step }
    }
}
