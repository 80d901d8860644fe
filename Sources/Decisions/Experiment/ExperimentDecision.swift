public import AerieAPI
public import KubernetesAPI

/// What is to be done about one experiment.
///
/// The rule book, in order: trials are counted and the best checkpoint is kept; an experiment that has ended ends the
/// trials that still run; a wrong spec is explained; an experiment ends when the target is reached, when too many
/// trials have failed, or when there is nothing left to try; otherwise trials are created up to the limits. The best
/// checkpoint is promoted when the policy says so.
///
/// - Guarantees: a trial's number and assignment depend on nothing but the spec and the number; the highest number is
///   on record before its trial is created; the best checkpoint never gets worse; what has ended stays ended; a trial
///   that someone deleted is not created again.
/// - Assumptions: the trials observed are at least as recent as the experiment's status, which holds for stores that see
///   their own writes.
/// - Caveats: a trial that the experiment cannot have made, though it names it as its owner, is reported and ignored.
public enum ExperimentDecision {
    /// All that the decision may depend on.
    public struct Observed: Sendable {
        public var experiment: TrainingExperiment
        /// Those with the experiment's label; others' may be among them.
        public var trials: [Trial]
        /// Those with the experiment's label.
        public var promotions: [ModelPromotion]
        public var now: Time
        /// Why the previous plan for this experiment could not be carried out to its end.
        public var lastError: KubernetesError?

        public init(
            experiment: TrainingExperiment, trials: [Trial], promotions: [ModelPromotion] = [], now: Time,
            lastError: KubernetesError? = nil
        ) {
            self.experiment = experiment
            self.trials = trials
            self.promotions = promotions
            self.now = now
            self.lastError = lastError
        }
    }

    public static func decide(_ observed: Observed) -> Plan {
        guard observed.experiment.metadata.deletionTimestamp == nil else { return .nothing }
        var round = ExperimentRound(observed)
        round.noteStrangers()
        round.noteBest()
        if round.hasEnded {
            round.stopTrials()
        } else if round.isSpecValid() {
            round.noteSuspension()
            if !round.endIfDone() { round.wantTrials() }
        }
        round.count()
        round.promote()
        return round.plan
    }
}
