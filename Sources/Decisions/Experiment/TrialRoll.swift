import AerieAPI
import KubernetesAPI

/// The trials of one experiment by number: which there are, which are missing, and why.
struct TrialRoll {
    /// Those that belong to the experiment, by number.
    let trials: [Int: Trial]
    /// The highest number that was given.
    let created: Int
    /// All up to this number have been seen; one of them that is missing was deleted by someone.
    let confirmed: Int

    init(of experiment: TrainingExperiment, among trials: [Trial]) {
        let own = trials.filter { $0.metadata.controller?.uid == experiment.metadata.uid }
        self.trials = Dictionary(own.map { ($0.spec.number, $0) }) { first, _ in first }
        let counted = experiment.status?.trials ?? TrialCounts()
        created = max(counted.created, self.trials.keys.max() ?? 0)
        var confirmed = counted.confirmed
        while confirmed < created, self.trials[confirmed + 1] != nil { confirmed += 1 }
        self.confirmed = confirmed
    }

    /// Numbers that were given to trials which then could not be created.
    var missing: [Int] { confirmed < created ? ((confirmed + 1)...created).filter { trials[$0] == nil } : [] }

    /// Those that use or will use the cluster.
    var active: [Trial] { inOrder.filter { !state(of: $0).isTerminal } }

    var inOrder: [Trial] { trials.values.sorted { $0.spec.number < $1.spec.number } }

    func state(of trial: Trial) -> Trial.State { trial.status?.state ?? .pending }

    /// How many there are of each state; a trial that is still to be created waits.
    func counts(hasEnded: Bool) -> TrialCounts {
        var counts = TrialCounts(created: created, confirmed: confirmed)
        for trial in trials.values {
            switch state(of: trial) {
            case .pending: counts.pending += 1
            case .running: counts.running += 1
            case .succeeded: counts.succeeded += 1
            case .failed: counts.failed += 1
            case .stopped: counts.stopped += 1
            }
        }
        let absent = created - trials.count
        counts.deleted = hasEnded ? absent : absent - missing.count
        counts.pending += hasEnded ? 0 : missing.count
        return counts
    }
}
