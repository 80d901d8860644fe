import AerieAPI
import KubernetesAPI

/// The best checkpoint over all trials that have succeeded and all the checkpoints they kept.
extension ExperimentRound {
    /// Keeps the leader of earlier rounds unless a better one is there: a trial may be deleted, its checkpoint stays.
    mutating func noteBest() {
        let goal = spec.objective.goal
        let leader = status.best.flatMap { $0.metric == spec.objective.metric ? $0 : nil }
        let candidates = roll.inOrder.filter { roll.state(of: $0) == .succeeded }.flatMap(checkpoints)
        let best = candidates.reduce(leader) { best, candidate in
            best.map { candidate.wins(over: $0, by: goal) ? candidate : $0 } ?? candidate
        }
        status.displayValue = best.map { SignificantDigits.text($0.value) }
        guard let best, best != leader else { return }
        status.best = best
        events.append(
            .init(
                .normal, reason: "BestImproved",
                message:
                    "\(best.metric) \(SignificantDigits.text(best.value)): \(best.trial) at step \(best.checkpoint.step)."
            ))
    }

    private func checkpoints(of trial: Trial) -> [BestCheckpoint] {
        let kept = (trial.status?.checkpoints ?? []) + [trial.status?.checkpoint].compactMap { $0 }
        return kept.compactMap { checkpoint in
            guard checkpoint.metric == spec.objective.metric, checkpoint.value.value.isFinite else { return nil }
            return BestCheckpoint(
                trial: trial.metadata.name, trialNumber: trial.spec.number, parameters: trial.spec.parameters,
                metric: checkpoint.metric, value: checkpoint.value.value, metrics: trial.status?.metrics ?? Metrics(),
                checkpoint: .init(
                    uri: trial.spec.checkpoints.uri, path: checkpoint.path, step: checkpoint.step,
                    digest: checkpoint.digest),
                datasetDigest: trial.status?.datasetDigest)
        }
    }
}
