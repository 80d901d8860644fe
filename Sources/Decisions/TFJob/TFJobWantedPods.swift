import AerieAPI
import KubernetesAPI

/// Which pods there shall be: one for every index that has not succeeded yet, and no others.
///
/// A pod is only made where its place is empty: names are deterministic, so the one before must be gone. Everything
/// happens in the order of types and indexes.
extension TFJobRound {
    mutating func deleteUnwantedPods() {
        for pod in census.surplusPods { delete(pod) }
        for entry in treatments {
            if case .replace = entry.treatment { delete(entry.slot.pod) }
        }
    }

    mutating func wantPods() {
        var missing: [(replica: TFJob.Replica, indexes: [Int])] = []
        for replica in replicas {
            let indexes = (0..<replica.count).filter { mayCreate(replica.type, $0) }
            if !indexes.isEmpty { missing.append((replica, indexes)) }
        }
        guard !missing.isEmpty else { return }
        let environment = TFConfig(job: job, replicas: replicas, clusterDomain: configuration.clusterDomain)
        for (replica, indexes) in missing {
            let template = replica.template
            for index in indexes {
                let manifest = podManifest(replica, index, template, environment.text(for: replica.type, index))
                order(
                    .create(manifest), "SuccessfulCreatePod", "Created pod: \(job.childName(replica.type, index))")
            }
        }
    }

    /// Whether the place is empty, still needed, not taken by a stranger, and any pause before a restart is over.
    private mutating func mayCreate(_ type: TFJob.ReplicaType, _ index: Int) -> Bool {
        guard census.pod(type, index) == nil, !completed(type).contains(index),
            !census.takenPodNames.contains(job.childName(type, index))
        else { return false }
        return earliestStart(type, index).map { hasCome($0) } ?? true
    }

    /// Orders the deletion of a pod that is not on its way out already.
    mutating func delete(_ pod: Pod) {
        guard !pod.isTerminating else { return }
        order(
            .delete(pod.reference, uid: pod.metadata.uid), "SuccessfulDeletePod", "Deleted pod: \(pod.metadata.name)")
    }
}
