public import AerieAPI
public import KubernetesAPI

/// What is to be done about one trial.
///
/// The rule book, in order: a trial that has ended stays as it is; a wrong spec is explained; a trial that is no longer
/// needed loses its job; a trial without job gets one, once its accelerator is known; and what becomes of the job
/// becomes of the trial, with the result that its pod left behind.
public enum TrialDecision {
    /// All that the decision may depend on.
    public struct Observed: Sendable {
        public var trial: Trial
        /// The TFJob of the trial's name, whoever it belongs to.
        public var tfJob: TFJob?
        /// The pods of that job.
        public var pods: [Pod]
        /// The profile that the trial asks for, if there is one.
        public var profile: AcceleratorProfile?
        public var now: Time
        /// Why the previous plan for this trial could not be carried out to its end.
        public var lastError: KubernetesError?

        public init(
            trial: Trial, tfJob: TFJob? = nil, pods: [Pod] = [], profile: AcceleratorProfile? = nil, now: Time,
            lastError: KubernetesError? = nil
        ) {
            self.trial = trial
            self.tfJob = tfJob
            self.pods = pods
            self.profile = profile
            self.now = now
            self.lastError = lastError
        }
    }

    public static func decide(_ observed: Observed) -> Plan {
        let trial = observed.trial
        guard trial.metadata.deletionTimestamp == nil, trial.status?.state.isTerminal != true else { return .nothing }
        var round = TrialRound(observed)
        let errors = trial.validate()
        if !errors.isEmpty {
            round.fail(.invalidSpec, errors.map(\.description).joined(separator: "; "))
        } else if let job = observed.tfJob {
            round.follow(job)
        } else {
            round.begin()
        }
        return round.plan
    }
}
