import AerieAPI
import KubernetesAPI

/// How a job ended.
///
/// There is one verdict per job, and success is asked for first: what goes wrong after the deciding replica is done does
/// not matter any more.
enum TFJobVerdict: Hashable {
    enum Failure: Hashable {
        case replicasFailed(TFJob.ReplicaType)
        case permanentExitCode(TFJob.ReplicaType)
        case backoffLimitExceeded
        case deadlineExceeded
    }

    case succeeded
    case failed(Failure)
}

extension TFJobRound {
    /// `nil` while the job goes on.
    mutating func verdict() -> TFJobVerdict? {
        if hasSucceeded { return .succeeded }
        let failures = treatments.compactMap { entry -> TFJobVerdict.Failure? in
            guard case .failJob(let failure) = entry.treatment else { return nil }
            return failure
        }
        if let failure = failures.first(where: { $0 != .backoffLimitExceeded }) { return .failed(failure) }
        if let limit = job.spec.runPolicy.backoffLimit, !failures.isEmpty || status.restarts > limit {
            return .failed(.backoffLimitExceeded)
        }
        if isAbandonedByWorkers { return .failed(.replicasFailed(.worker)) }
        return isPastDeadline() ? .failed(.deadlineExceeded) : nil
    }

    /// A chief or master decides alone; else worker 0 does, or all workers under `AllWorkers`; a job without either has
    /// succeeded when every replica has.
    private var hasSucceeded: Bool {
        let chiefs = replicas.filter(\.type.isChief)
        if !chiefs.isEmpty { return chiefs.allSatisfy(isComplete) }
        guard let workers = replicas.first(where: { $0.type == .worker }) else {
            return !replicas.isEmpty && replicas.allSatisfy(isComplete)
        }
        if isComplete(workers) { return true }
        return job.spec.successPolicy?.value != .allWorkers && completed(.worker).contains(0)
    }

    private func isComplete(_ replica: TFJob.Replica) -> Bool {
        replica.count > 0 && completed(replica.type).count == replica.count
    }

    func completed(_ type: TFJob.ReplicaType) -> CompletedIndexes {
        status.replicaStatuses[type]?.completedIndexes ?? CompletedIndexes()
    }

    /// With dynamic workers single failures are tolerated, but when none is left that could still finish, nothing ever
    /// will.
    private var isAbandonedByWorkers: Bool {
        guard !replicas.contains(where: \.type.isChief),
            let workers = replicas.first(where: { $0.type == .worker }), workers.count > 0
        else { return false }
        let lost = treatments.count { $0.slot.replica.type == .worker && $0.treatment == .tolerate }
        return lost > 0 && lost.addingWithSaturation(completed(.worker).count) == workers.count
    }

    /// The words of upstream for each way to fail.
    func message(_ failure: TFJobVerdict.Failure) -> String {
        let name = job.metadata.name
        switch failure {
        case .replicasFailed(let type):
            let count = status.replicaStatuses[type]?.failed ?? 0
            return "TFJob \(job.metadata.key) has failed because \(count) \(type.rawValue) replica(s) failed."
        case .permanentExitCode(let type):
            return "job \"\(name)\" is failing because \"\(type.rawValue)\" replica(s) failed."
        case .backoffLimitExceeded:
            return "Job \(name) has failed because it has reached the specified backoff limit"
        case .deadlineExceeded:
            return "Job \(name) has failed because it was active longer than specified deadline"
        }
    }
}

extension TFJobVerdict.Failure {
    /// The value of `status.reason`.
    var reason: String {
        switch self {
        case .replicasFailed: "ReplicaFailed"
        case .permanentExitCode: "PermanentExitCode"
        case .backoffLimitExceeded: "BackoffLimitExceeded"
        case .deadlineExceeded: "DeadlineExceeded"
        }
    }

    /// Whether the controller stopped the job while its pods could have gone on.
    static func stoppedByLimit(_ reason: String?) -> Bool {
        reason == Self.backoffLimitExceeded.reason || reason == Self.deadlineExceeded.reason
    }
}
