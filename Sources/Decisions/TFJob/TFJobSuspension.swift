import AerieAPI
import KubernetesAPI

/// A suspended job keeps its history and loses everything that runs.
extension TFJobRound {
    mutating func suspend() {
        let message = "TFJob \(job.metadata.name) is suspended."
        for entry in census.pods { delete(entry.pod) }
        for service in census.ownServices { delete(service) }
        deletePodGroup()
        for replica in replicas {
            // All pods start again on resume, those that had succeeded too: their peers need them.
            status.replicaStatuses[replica.type, default: .init()].selector = job.selector(replica.type)
            status.replicaStatuses[replica.type, default: .init()].completedIndexes = CompletedIndexes()
            status.replicaStatuses[replica.type, default: .init()].succeeded = 0
            status.replicaStatuses[replica.type, default: .init()].failed = 0
        }
        tallyActive(includingPending: true)
        status.reason = "Suspended"
        guard !status.isTrue(.suspended) else { return }
        endProgress(reason: "TFJobSuspended", message)
        set(.suspended, reason: "TFJobSuspended", message)
        tell(.normal, "TFJobSuspended", message)
    }

    /// Starts the clock; after a suspension anew.
    mutating func resume() {
        if status.isTrue(.suspended) {
            let message = "TFJob \(job.metadata.name) is resumed."
            set(.suspended, .no, reason: "TFJobResumed", message)
            tell(.normal, "TFJobResumed", message)
            status.startTime = now
        }
        if status.startTime == nil { status.startTime = now }
    }
}
