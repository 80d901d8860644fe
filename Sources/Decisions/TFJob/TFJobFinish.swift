import AerieAPI
import KubernetesAPI

/// The end of a job: written once, then never recomputed from pods that may be gone.
extension TFJobRound {
    mutating func finish(_ verdict: TFJobVerdict) {
        let type: TFJob.JobCondition.ConditionType
        let message: String
        switch verdict {
        case .succeeded:
            type = .succeeded
            message = "TFJob \(job.metadata.key) successfully completed."
            status.reason = nil
            tell(.normal, "TFJobSucceeded", message)
        case .failed(let failure):
            type = .failed
            message = self.message(failure)
            status.reason = failure.reason
            tell(.warning, "TFJobFailed", message)
        }
        let reason = "TFJob\(type.rawValue)"
        endProgress(reason: reason, message)
        set(type, reason: reason, message)
        // A clock that was put back does not let a job end before it began.
        status.completionTime = max(now, status.startTime ?? now)
        condenseAttempts()
        cleanUp()
        deleteWhenExpired()
    }

    /// Keeps the verdict and finishes what it started: pods and services go, then the job when its time is over.
    mutating func stayFinished() {
        tallyActive()
        if status.isTrue(.succeeded) && status.isTrue(.failed) {
            // Upstream could set both; the first is what its readers went by.
            let first = status.conditions.first { $0.type.value?.isTerminal ?? false }
            status.remove(first?.type.value == .succeeded ? .failed : .succeeded)
        }
        if status.completionTime == nil {
            let verdict = status.condition(.succeeded) ?? status.condition(.failed)
            status.completionTime = verdict?.lastTransitionTime ?? now
        }
        cleanUp()
        deleteWhenExpired()
    }

    /// Nothing runs any more that a condition could still claim to.
    mutating func endProgress(reason: String, _ message: String) {
        if status.condition(.running) != nil { set(.running, .no, reason: reason, message) }
        status.remove(.restarting)
        status.remove(.stalled)
        if status.condition(.allReplicasReady) != nil { set(.allReplicasReady, .no, reason: reason, message) }
    }

    /// Deletes what the policy names, and all services: nobody is left to talk to.
    ///
    /// A job that a limit stopped loses the pods that still run under every policy: they would go on, and restart, for
    /// ever.
    private mutating func cleanUp() {
        let isStopped = TFJobVerdict.Failure.stoppedByLimit(status.reason)
        for entry in census.pods {
            let isUnwanted =
                switch job.cleanPodPolicy {
                case .all: true
                case .running: entry.pod.isUnfinished
                case .nothing: isStopped && entry.pod.isUnfinished
                }
            if isUnwanted { delete(entry.pod) }
        }
        for service in census.ownServices { delete(service) }
        deletePodGroup()
    }
}
