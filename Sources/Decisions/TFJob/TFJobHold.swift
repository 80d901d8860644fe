import AerieAPI
import KubernetesAPI

/// Why TFJobs are left alone for now: two operators on one job would undo each other's work.
public struct TFJobHold: Hashable, Sendable {
    public enum Reason: String, CaseIterable, Sendable {
        /// The Kubeflow training operator renews its lease.
        case trainingOperatorRuns = "TrainingOperatorRuns"
        /// The definition of TFJob was installed by someone else.
        case foreignDefinition = "TFJobDefinitionNotOurs"
        /// It could not be found out whether someone else is at work.
        case unknown = "TrainingOperatorUnknown"
    }

    public var reason: Reason
    /// What was seen, and what to do about it.
    public var message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// Seconds that the training operator has to begin with a new job before we say that nobody does.
    static let patience: Int64 = 10
}

extension TFJobRound {
    /// Tells why nothing happens with a job that nobody works on.
    mutating func stayBack(_ hold: TFJobHold) -> Plan {
        guard !status.isFinished else { return .nothing }
        if hold.reason == .trainingOperatorRuns {
            // A job with conditions is in its hands.
            guard status.conditions.allSatisfy({ $0.type.value == .stalled }) else { return .nothing }
            let age = job.metadata.creationTimestamp.map { now.seconds(since: $0) } ?? TFJobHold.patience
            guard age >= TFJobHold.patience else {
                // A job from the future, by another machine's clock, is as good as new.
                let rest = TFJobHold.patience.subtractingWithSaturation(age)
                return Plan(requeueAfter: .seconds(min(rest, TFJobHold.patience)))
            }
        }
        let message = String(hold.message.prefix(TFJob.JobCondition.messageLimit))
        let isNews = set(.stalled, reason: hold.reason.rawValue, message)
        guard isNews || status.reason != hold.reason.rawValue else { return .nothing }
        if isNews { tell(.warning, hold.reason.rawValue, message) }
        status.reason = hold.reason.rawValue
        return plan
    }
}
