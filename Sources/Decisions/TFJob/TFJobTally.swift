import AerieAPI
import KubernetesAPI

/// `replicaStatuses`, ours and what upstream's clients read.
extension TFJobRound {
    /// Counts the pods of a job that goes on.
    mutating func tally() {
        for replica in replicas {
            let failed = treatments.count { entry in
                entry.slot.replica.type == replica.type && entry.slot.pod.phase == .failed
                    && entry.treatment != .replace(counted: false)
            }
            status.replicaStatuses[replica.type, default: .init()].selector = job.selector(replica.type)
            status.replicaStatuses[replica.type, default: .init()].succeeded = completed(replica.type).count
            status.replicaStatuses[replica.type, default: .init()].failed = failed
        }
        tallyActive()
    }

    /// Counts pods that use resources, whatever becomes of the job.
    ///
    /// - Parameter includingPending: for a job that is to have no pods: a queue may give its place away only when none
    ///   is left, be it one that has not started yet.
    mutating func tallyActive(includingPending: Bool = false) {
        for type in TFJob.ReplicaType.allCases {
            let active = census.pods.count { entry in
                entry.type == type && entry.pod.isUnfinished
                    && (includingPending || entry.pod.phase != .pending || entry.pod.isTerminating)
            }
            if active > 0 || status.replicaStatuses[type] != nil {
                status.replicaStatuses[type, default: .init()].active = active
            }
        }
        let wanted = replicas.total(\.count)
        status.ready = "\(census.slots(replicas).count { $0.pod.isReady })/\(wanted)"
    }
}
