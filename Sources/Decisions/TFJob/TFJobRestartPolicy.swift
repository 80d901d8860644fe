import AerieAPI
import KubernetesAPI

/// What is to become of a pod that ended badly or is about to.
enum PodTreatment: Hashable {
    /// Deleted, then made again; counted against the back-off limit if the program was to blame.
    case replace(counted: Bool)
    /// The job fails.
    case failJob(TFJobVerdict.Failure)
    /// The job goes on without this replica.
    case tolerate
}

extension TFJobRound {
    /// Applies the restart policy of the replica.
    ///
    /// - SeeAlso: the exit code rule is upstream's: 1–127 is permanent, 128–255 may pass, and so may an end without
    ///   any exit code, such as that of a program that never began because a start-up container failed.
    func treatment(of ending: PodEnding, _ type: TFJob.ReplicaType) -> PodTreatment {
        guard ending.cause == .failure else { return .replace(counted: false) }
        let policy = replicas.first { $0.type == type }?.restartPolicy ?? .never
        switch policy {
        case .always, .onFailure: return .replace(counted: true)
        case .exitCode where ending.programCode.map({ $0 >= 128 }) ?? true: return .replace(counted: true)
        case .exitCode, .never:
            if job.spec.enableDynamicWorker && type == .worker { return .tolerate }
            return .failJob(policy == .exitCode ? .permanentExitCode(type) : .replicasFailed(type))
        }
    }

    /// When the replica may be made again: at once after a first loss, then after growing pauses, so that a pod that
    /// dies at once does not keep the cluster busy.
    ///
    /// An attempt that ran for ten minutes ends the series, as it does for a node's container restarts.
    func earliestStart(_ type: TFJob.ReplicaType, _ index: Int) -> Time? {
        let past = status.attempts.filter { $0.replicaType == type && $0.index == index }
        guard let last = past.last, let end = last.endTime ?? last.startTime else { return nil }
        let short = past.reversed().prefix { attempt in
            guard let start = attempt.startTime, let end = attempt.endTime else { return true }
            return end.seconds(since: start) < 600
        }
        guard short.count > 1 else { return nil }
        var delay = configuration.restartDelay
        for _ in short.dropFirst(2) where delay < configuration.maximumRestartDelay {
            delay = delay.multipliedWithSaturation(by: 2)
        }
        return end.advanced(bySeconds: min(delay, configuration.maximumRestartDelay))
    }
}
