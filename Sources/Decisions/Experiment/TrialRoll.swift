import AerieAPI
import KubernetesAPI

/// The trials of one experiment by number: which there are, which are missing, and why.
///
/// Only what the experiment itself may have made counts: a trial under a number that it gives, or gave under an earlier
/// budget, and under the name of that number. Anyone may make an object that names the experiment as its owner; such a
/// one is reported, and nothing follows from it.
struct TrialRoll {
    /// Those that belong to the experiment, by number.
    let trials: [Int: Trial]
    /// Those that name the experiment as their owner and cannot be its own, by name.
    let strangers: [Trial]
    /// The highest number that was given.
    let created: Int
    /// All up to this number have been seen; one of them that is missing was deleted by someone.
    let confirmed: Int
    /// The highest number that may be given.
    private let limit: Int

    init(of experiment: TrainingExperiment, among trials: [Trial], limit: Int) {
        // A status may say anything, too.
        let counted = experiment.status?.trials ?? TrialCounts()
        let recorded = min(max(0, counted.created), ChildName.maximumTrialNumber)
        let highest = max(recorded, limit)
        var own: [Int: Trial] = [:]
        var strangers: [Trial] = []
        for trial in trials where trial.metadata.controller?.uid == experiment.metadata.uid {
            let number = trial.spec.number
            let name = ChildName.trial(experiment: experiment.metadata.name, number: number)
            if number >= 1, number <= highest, trial.metadata.name == name {
                own[number] = trial
            } else {
                strangers.append(trial)
            }
        }
        self.trials = own
        self.strangers = strangers.sorted { $0.metadata.name < $1.metadata.name }
        self.limit = limit
        created = max(recorded, own.keys.max() ?? 0)
        var confirmed = min(max(0, counted.confirmed), created)
        // Cannot overflow: it stays below a number of five digits.
        while confirmed < created, own[confirmed + 1] != nil { confirmed += 1 }
        self.confirmed = confirmed
    }

    /// Numbers that were given to trials which then could not be created, and may still be.
    var missing: [Int] {
        let last = min(created, limit)
        guard confirmed < last else { return [] }
        // In order: the first is at most the last.
        return (confirmed.addingWithSaturation(1)...last).filter { trials[$0] == nil }
    }

    /// Those that use or will use the cluster.
    var active: [Trial] { inOrder.filter { !state(of: $0).isTerminal } }

    var inOrder: [Trial] { trials.values.sorted { $0.spec.number < $1.spec.number } }

    func state(of trial: Trial) -> Trial.State { trial.status?.state ?? .pending }

    /// How many there are of each state; a trial that is still to be created waits.
    func counts(hasEnded: Bool) -> TrialCounts {
        // Cannot overflow: there are at most as many trials as objects in memory.
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
        let awaited = hasEnded ? 0 : missing.count
        counts.deleted = absent - awaited
        counts.pending += awaited
        return counts
    }
}
