import AerieAPI
import KubernetesAPI

/// When an experiment is over, and what becomes of trials that still run then.
extension ExperimentRound {
    /// Whether the spec can be carried out; if not, the status says what to change, and nothing new is begun.
    mutating func isSpecValid() -> Bool {
        let errors = experiment.validate()
        guard errors.isEmpty else {
            let message = errors.map(\.description).joined(separator: "; ")
            if status.conditions.first("Failed")?.message != message { tell(.warning, .invalidSpec, message) }
            status.state = .failed
            status.reason = ExperimentReason.invalidSpec.rawValue
            set("Failed", .yes, .invalidSpec, message)
            return false
        }
        if status.conditions.isTrue("Failed") {
            set("Failed", .no, .resumed, "The spec was corrected.")
            status.state = .pending
        }
        return true
    }

    mutating func noteSuspension() {
        if spec.suspend {
            set("Suspended", .yes, .suspended, "No new trial is created; running ones go on to their end.")
        } else if status.conditions.isTrue("Suspended") {
            set("Suspended", .no, .resumed, "The experiment goes on.")
        }
    }

    /// Ends the experiment if there is a reason to.
    mutating func endIfDone() -> Bool {
        let counts = roll.counts(hasEnded: false)
        if let best = status.best, spec.objective.isReached(by: best.value) {
            end(.succeeded, .targetReached, "\(best.metric) \(best.value) of \(best.trial) reaches the target.")
        } else if counts.failed > spec.maxFailedTrials {
            end(
                .failed, .tooManyFailedTrials,
                "\(counts.failed) trials have failed, more than maxFailedTrials \(spec.maxFailedTrials). \(lastFailure)"
            )
        } else if counts.active == 0, roll.created >= limit {
            if status.best == nil {
                end(
                    .failed, .noSuccessfulTrial,
                    "No trial left a checkpoint with a finite \(spec.objective.metric). \(lastFailure)")
            } else if roll.created >= spec.maxTrials {
                end(.succeeded, .maxTrialsReached, "All \(roll.created) trials have ended.")
            } else {
                end(.succeeded, .searchSpaceExhausted, "All \(limit) assignments of the search space were tried.")
            }
        } else {
            return false
        }
        stopTrials()
        return true
    }

    /// Asks the trials that still run to end: their results are no longer needed, and what they use is.
    mutating func stopTrials() {
        for trial in roll.active where !trial.spec.stop {
            actions.append(.patch(trial.reference, uid: trial.metadata.uid, ["spec": ["stop": true]]))
        }
    }

    private mutating func end(_ state: TrainingExperiment.State, _ reason: ExperimentReason, _ message: String) {
        status.state = state
        status.reason = reason.rawValue
        status.completionTime = now
        set("Running", .no, reason, message)
        set(state.rawValue, .yes, reason, message)
        tell(state == .succeeded ? .normal : .warning, reason, message)
    }

    /// The story of one failed trial, so that nobody has to look for it.
    private var lastFailure: String {
        guard let trial = roll.inOrder.last(where: { roll.state(of: $0) == .failed }) else { return "" }
        let message = trial.status?.conditions.first("Failed")?.message ?? ""
        return "\(trial.metadata.name): \(trial.status?.reason ?? "Failed"). \(message)"
    }
}
