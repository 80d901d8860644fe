import AerieAPI
import KubernetesAPI

/// Pods that stay though their work is over, or though they were asked to go: nothing of the job's doing ends them, so
/// that people have to be told.
extension TFJobRound {
    /// The first pod that was asked to go and is still there long after its programs must have ended.
    ///
    /// Its node does not answer, and until it does the pod's place is taken, for its programs may still run. No event: the
    /// condition stands for as long as it takes, with other troubles in between.
    var departureTrouble: Trouble? {
        mutating get {
            var lost: Pod?
            for entry in census.pods where entry.pod.isTerminating && entry.pod.isUnfinished && isOverdue(entry.pod) {
                lost = lost ?? entry.pod
            }
            guard let pod = lost else { return nil }
            let node = pod.spec?.nodeName ?? "its node"
            return Trouble(
                reason: Self.waitingForNode,
                message: """
                    Pod \(pod.metadata.name) was asked to end and waits until node \(node) confirms that it has; until \
                    then nothing takes its place. If the node is gone for good, delete it (kubectl delete node \
                    \(node)) or the pod: kubectl delete pod \(pod.metadata.name) -n \(pod.metadata.namespace) \
                    --force --grace-period=0
                    """, isNews: false)
        }
    }

    /// Says the same of a job that is suspended, whose queue waits for the pod as well.
    mutating func noteDeparture() {
        if let trouble = departureTrouble {
            stall(trouble, event: nil)
        } else if status.condition(.stalled)?.reason == Self.waitingForNode {
            status.remove(.stalled)
        }
    }

    /// Whether the pod should have been gone by now.
    ///
    /// The control plane has the first word: it takes pods from nodes that do not answer. Otherwise a node that is merely
    /// slow gets a while beyond the grace period.
    private mutating func isOverdue(_ pod: Pod) -> Bool {
        if pod.status?.reason == "NodeLost" { return true }
        let isTaken = (pod.status?.conditions ?? []).contains {
            $0.type == "DisruptionTarget" && $0.status == .yes && $0.reason == "DeletionByTaintManager"
        }
        // The API server sets it to when the grace period is over, not to when the deletion was asked for.
        guard let end = pod.metadata.deletionTimestamp else { return false }
        return hasCome(end.advanced(bySeconds: isTaken ? 0 : Self.nodePatience))
    }

    /// The first pod whose program has ended while other containers run on.
    ///
    /// The node counts a pod as ended only when all of them have.
    var sidecarTrouble: Trouble? {
        mutating get {
            var first: Trouble?
            for slot in census.slots(replicas) where slot.pod.phase == .running && !slot.pod.isTerminating {
                guard let end = slot.pod.containerStatus(TFJob.Name.container)?.state?.terminated,
                    !isRestartedByNode(end, slot.replica.type)
                else { continue }
                let others = slot.pod.runningBesideProgram
                guard !others.isEmpty, hasCome((end.finishedAt ?? now).advanced(bySeconds: Self.sidecarPatience))
                else { continue }
                let names = others.joined(separator: ", ")
                first =
                    first
                    ?? Trouble(
                        reason: "SidecarRuns",
                        message: """
                            Pod \(slot.pod.metadata.name): container \(TFJob.Name.container) has ended with exit code \
                            \(end.exitCode), and these still run: \(names). The pod ends only when every container \
                            has: let them end too, or make each an init container with restartPolicy Always, which the \
                            node ends after the others.
                            """)
            }
            return first
        }
    }

    /// Whether the node starts the container anew, so that its end is not the program's.
    private func isRestartedByNode(
        _ end: ContainerStatus.State.Terminated, _ type: TFJob.ReplicaType
    ) -> Bool {
        switch replicas.first(where: { $0.type == type })?.restartPolicy {
        case .always: true
        case .onFailure: end.exitCode != 0
        case .never, .exitCode, nil: false
        }
    }

    private static let waitingForNode = "WaitingForNode"
    /// Seconds that a node may take beyond the grace period of a pod.
    private static let nodePatience: Int64 = 60
    /// Seconds that sidecars may take to notice that the program has ended.
    private static let sidecarPatience: Int64 = 30
}

extension Pod {
    /// The containers that run beside the program and have not ended; native sidecars are the node's to end.
    fileprivate var runningBesideProgram: [String] {
        (status?.containerStatuses ?? []).filter { $0.name != TFJob.Name.container && $0.state?.running != nil }
            .map(\.name)
    }
}
