public import AerieAPI
public import KubernetesAPI

/// What is to be done about one TFJob.
///
/// The rule book, in order: a job that has ended is only cleaned up; a wrong spec is explained; a suspended job loses
/// its pods; any other job gets what happened to its pods put on record, then its verdict, and while there is none,
/// the pods and services that are missing.
public enum TFJobDecision {
    /// What the controller was started with.
    public struct Configuration: Hashable, Sendable {
        /// The cluster's DNS domain, added to the hosts in `TF_CONFIG`; upstream's `CUSTOM_CLUSTER_DOMAIN`.
        public var clusterDomain: String
        /// Seconds before the second restart of a replica, doubled for every further one; the first is immediate.
        public var restartDelay: Int64
        /// Seconds that no restart waits longer than.
        public var maximumRestartDelay: Int64
        /// Who starts all pods of a job or none; `nil`: pods are scheduled one by one.
        public var gangScheduler: GangScheduler?

        public init(
            clusterDomain: String = "", restartDelay: Int64 = 10, maximumRestartDelay: Int64 = 300,
            gangScheduler: GangScheduler? = nil
        ) {
            self.clusterDomain = clusterDomain
            self.restartDelay = restartDelay
            self.maximumRestartDelay = maximumRestartDelay
            self.gangScheduler = gangScheduler
        }
    }

    /// All that the decision may depend on.
    public struct Observed: Sendable {
        public var job: TFJob
        /// With the job's labels; those of others that took their names may be among them.
        public var pods: [Pod]
        public var services: [Service]
        /// Of the job's name, where pods are scheduled in gangs.
        public var podGroup: (any PodGroup)?
        /// Values of PriorityClasses by name, where pods are scheduled in gangs.
        public var priorities: [String: Int]
        public var now: Time
        /// Why the previous plan for this job could not be carried out to its end.
        public var lastError: KubernetesError?
        public var configuration: Configuration
        /// Why TFJobs are left alone; `nil` if they are not.
        public var hold: TFJobHold?

        public init(
            job: TFJob, pods: [Pod], services: [Service], podGroup: (any PodGroup)? = nil,
            priorities: [String: Int] = [:], now: Time, lastError: KubernetesError? = nil,
            configuration: Configuration = Configuration(), hold: TFJobHold? = nil
        ) {
            self.hold = hold
            self.job = job
            self.pods = pods
            self.services = services
            self.podGroup = podGroup
            self.priorities = priorities
            self.now = now
            self.lastError = lastError
            self.configuration = configuration
        }
    }

    public static func decide(_ observed: Observed) -> Plan {
        guard observed.job.metadata.deletionTimestamp == nil, !observed.job.isManagedElsewhere else { return .nothing }
        var round = TFJobRound(observed)
        if let hold = observed.hold { return round.stayBack(hold) }
        round.noteCreation()
        if round.status.isFinished {
            round.stayFinished()
        } else if observed.job.isSuspended {
            round.suspend()
            round.noteResources()
            // What cannot be made cannot be counted either.
            if round.isSpecValid() { round.noteDeparture() } else { round.status.ready = nil }
        } else if round.isSpecValid() {
            round.resume()
            round.recordAttempts()
            round.tally()
            round.noteResources()
            if let verdict = round.verdict() {
                round.finish(verdict)
            } else {
                // A plan ends at what is refused: making things is, deleting them hardly ever.
                round.deleteUnwantedPods()
                round.deleteUnwantedServices()
                if round.wantPodGroup() {
                    round.wantPods()
                    round.wantServices()
                }
                round.noteProgress()
            }
        }
        round.noteFailedDeletion()
        return round.plan
    }
}
