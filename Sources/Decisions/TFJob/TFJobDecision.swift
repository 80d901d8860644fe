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

        public init(clusterDomain: String = "", restartDelay: Int64 = 10, maximumRestartDelay: Int64 = 300) {
            self.clusterDomain = clusterDomain
            self.restartDelay = restartDelay
            self.maximumRestartDelay = maximumRestartDelay
        }
    }

    /// All that the decision may depend on.
    public struct Observed: Sendable {
        public var job: TFJob
        /// With the job's labels; those of others that took their names may be among them.
        public var pods: [Pod]
        public var services: [Service]
        public var now: Time
        /// Why the previous plan for this job could not be carried out to its end.
        public var lastError: KubernetesError?
        public var configuration: Configuration

        public init(
            job: TFJob, pods: [Pod], services: [Service], now: Time, lastError: KubernetesError? = nil,
            configuration: Configuration = Configuration()
        ) {
            self.job = job
            self.pods = pods
            self.services = services
            self.now = now
            self.lastError = lastError
            self.configuration = configuration
        }
    }

    public static func decide(_ observed: Observed) -> Plan {
        guard observed.job.metadata.deletionTimestamp == nil, !observed.job.isManagedElsewhere else { return .nothing }
        var round = TFJobRound(observed)
        round.noteCreation()
        if round.status.isFinished {
            round.stayFinished()
        } else if observed.job.isSuspended {
            round.suspend()
            _ = round.isSpecValid()
        } else if round.isSpecValid() {
            round.resume()
            round.recordAttempts()
            round.tally()
            if let verdict = round.verdict() {
                round.finish(verdict)
            } else {
                round.wantPods()
                round.wantServices()
                round.noteProgress()
            }
        }
        return round.plan
    }
}
