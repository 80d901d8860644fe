import AerieAPI
import KubernetesAPI

/// Which pods there shall be: one for every index that has not succeeded yet, and no others.
///
/// A pod is only made where its place is empty: names are deterministic, so the one before must be gone. Everything
/// happens in the order of types and indexes.
extension TFJobRound {
    mutating func wantPods() {
        for pod in census.surplusPods { delete(pod) }
        for entry in treatments {
            if case .replace = entry.treatment { delete(entry.slot.pod) }
        }
        for replica in replicas {
            for index in 0..<replica.count where census.pod(replica.type, index) == nil {
                wantPod(replica, index)
            }
        }
    }

    private mutating func wantPod(_ replica: TFJob.Replica, _ index: Int) {
        let name = job.childName(replica.type, index)
        guard !completed(replica.type).contains(index), !census.takenPodNames.contains(name) else { return }
        if let start = earliestStart(replica.type, index), !hasCome(start) { return }
        actions.append(.create(podManifest(replica, index)))
        tell(.normal, "SuccessfulCreatePod", "Created pod: \(name)")
    }

    /// Orders the deletion of a pod that is not on its way out already.
    mutating func delete(_ pod: Pod) {
        guard !pod.isTerminating else { return }
        actions.append(.delete(pod.reference, uid: pod.metadata.uid))
        tell(.normal, "SuccessfulDeletePod", "Deleted pod: \(pod.metadata.name)")
    }
}
