import AerieAPI
import KubernetesAPI

/// What happened to pods is put on record before it is acted on, once per pod: entries are found by the pod's uid.
extension TFJobRound {
    /// Records successes, restarts inside pods, failures and disruptions, and decides how each bad end is treated.
    mutating func recordAttempts() {
        for replica in replicas {
            status.replicaStatuses[replica.type, default: .init()].completedIndexes.keep(below: replica.count)
        }
        for slot in census.slots(replicas) where isOfThisRun(slot.pod) {
            recordContainerRestarts(slot)
            if slot.pod.phase == .succeeded {
                recordSuccess(slot)
            } else if let ending = PodEnding(slot.pod, now: now) {
                record(ending, of: slot, treatment(of: ending, slot.replica.type))
            }
        }
        forgetOldAttempts()
    }

    /// Pods that a suspension already sent away are no news, though their programs may well say that they succeeded when
    /// they are told to stop.
    private func isOfThisRun(_ pod: Pod) -> Bool {
        guard pod.isTerminating, let created = pod.metadata.creationTimestamp, let start = status.startTime else {
            return true
        }
        return created >= start
    }

    private mutating func recordSuccess(_ slot: TFJobCensus.Slot) {
        let (type, index) = (slot.replica.type, slot.replica.index)
        guard !status.replicaStatuses[type, default: .init()].completedIndexes.contains(index) else { return }
        status.replicaStatuses[type, default: .init()].completedIndexes.insert(index)
        if slot.pod.containerStatus(TFJob.Name.container)?.state?.terminated != nil {
            tellExit(of: slot.pod, TFJob.Name.container, code: 0)
        }
    }

    /// A node restarts containers by itself under `Always` and `OnFailure`; these restarts count as well.
    private mutating func recordContainerRestarts(_ slot: TFJobCensus.Slot) {
        let restarts = slot.pod.containerRestarts
        let known = attempt(slot.pod)
        guard restarts > known?.containerRestarts ?? 0 else { return }
        let last = slot.pod.lastRestart
        var entry = known ?? newAttempt(slot, .failure)
        let more = restarts.subtractingWithSaturation(entry.containerRestarts)
        entry.containerRestarts = restarts
        entry.container = last?.container ?? entry.container
        entry.exitCode = last?.terminated.exitCode ?? entry.exitCode
        entry.reason = last?.terminated.reason ?? entry.reason
        entry.message = last?.terminated.message?.lastWords ?? entry.message
        entry.explainExitCode()
        count(more, in: &entry)
        keep(entry)
        if let last, last.terminated.exitCode != 0 { tellRestart(of: last.container, in: slot.pod, last.terminated) }
    }

    private mutating func record(_ ending: PodEnding, of slot: TFJobCensus.Slot, _ treatment: PodTreatment) {
        let known = attempt(slot.pod)
        var treatment = treatment
        if let known, known.endTime != nil {
            // On record with its end: a pod that failed and that we deleted since stays a failure.
            if known.cause == .disruption || ending.cause == .disruption { treatment = .replace(counted: false) }
            treatments.append((slot, treatment))
            return
        }
        var entry = known ?? newAttempt(slot, ending.cause)
        if ending.cause == .disruption, known?.cause != .disruption {
            status.disruptions.addWithSaturation(1)
            status.replicaStatuses[slot.replica.type, default: .init()].disruptions.addWithSaturation(1)
        }
        entry.cause = ending.cause
        entry.container = ending.container ?? entry.container
        entry.exitCode = ending.exitCode ?? entry.exitCode
        entry.reason = ending.reason
        entry.message = ending.message ?? entry.message
        entry.endTime = ending.endTime
        entry.explainExitCode()
        if treatment == .replace(counted: true) {
            if isBackoffLimitReached { treatment = .failJob(.backoffLimitExceeded) } else { count(1, in: &entry) }
        }
        if ending.endTime != nil, let code = ending.exitCode {
            tellExit(of: slot.pod, entry.container ?? TFJob.Name.container, code: code)
        }
        if case .replace = treatment, known?.cause != .disruption { tellRestart(slot.replica.type, ending.cause) }
        keep(entry)
        treatments.append((slot, treatment))
    }

    /// Whether one restart more would be one too many.
    private var isBackoffLimitReached: Bool {
        job.spec.runPolicy.backoffLimit.map { status.restarts >= $0 } ?? false
    }

    private func attempt(_ pod: Pod) -> TFJob.Attempt? { status.attempts.first { $0.uid == pod.metadata.uid } }

    private func newAttempt(_ slot: TFJobCensus.Slot, _ cause: TFJob.Attempt.Cause) -> TFJob.Attempt {
        TFJob.Attempt(
            pod: slot.pod.metadata.name, uid: slot.pod.metadata.uid, replicaType: slot.replica.type,
            index: slot.replica.index, cause: cause, node: slot.pod.spec?.nodeName,
            startTime: slot.pod.status?.startTime)
    }

    private mutating func count(_ restarts: Int, in entry: inout TFJob.Attempt) {
        entry.counted.addWithSaturation(restarts)
        status.restarts.addWithSaturation(restarts)
        status.replicaStatuses[entry.replicaType, default: .init()].restarts.addWithSaturation(restarts)
    }

    private mutating func keep(_ entry: TFJob.Attempt) {
        if let index = status.attempts.firstIndex(where: { $0.uid == entry.uid }) {
            status.attempts[index] = entry
        } else {
            status.attempts.append(entry)
        }
    }

    /// Entries of pods that still exist are needed for counting; of the others the latest are kept.
    private mutating func forgetOldAttempts() {
        let present = Set(census.pods.map(\.pod.metadata.uid))
        // Old nodes take a pod away without a word on how it ended: it is over when it is gone.
        for index in status.attempts.indices where !present.contains(status.attempts[index].uid) {
            status.attempts[index].endTime = status.attempts[index].endTime ?? now
        }
        // Cannot overflow: the number of elements in memory.
        var surplus = status.attempts.count { !present.contains($0.uid) } - TFJob.Status.attemptLimit
        status.attempts.removeAll { entry in
            guard surplus > 0, !present.contains(entry.uid) else { return false }
            surplus.addWithSaturation(-1)
            return true
        }
        // An object has room for about a megabyte, and a job may have thousands of pods.
        for index in status.attempts.indices.dropLast(TFJob.Status.messageLimit) {
            status.attempts[index].message = nil
        }
    }

    /// Leaves of a job that has ended what explains it: nothing has to be counted any more.
    ///
    /// Of pods that are gone the latest stay, of those that are there the ones that ended first: where many fail
    /// together, the others fail because of them.
    mutating func condenseAttempts() {
        // Pods that are still there end with the job, and nobody looks at them any more.
        for index in status.attempts.indices { status.attempts[index].endTime = status.attempts[index].endTime ?? now }
        let surplus = status.attempts.count.subtractingWithSaturation(TFJob.Status.attemptLimit)
        guard surplus > 0 else { return }
        let present = Set(census.pods.map(\.pod.metadata.uid))
        let (gone, left) = (
            status.attempts.indices.filter { !present.contains(status.attempts[$0].uid) },
            status.attempts.indices.filter { present.contains(status.attempts[$0].uid) }
        )
        let latestFirst = left.sorted { former, latter in
            let ends = (status.attempts[former].endTime ?? now, status.attempts[latter].endTime ?? now)
            return ends.0 == ends.1 ? former > latter : ends.0 > ends.1
        }
        let removed = Set((gone + latestFirst).prefix(max(0, surplus)))
        status.attempts = status.attempts.indices.filter { !removed.contains($0) }.map { status.attempts[$0] }
    }

    private mutating func tellExit(of pod: Pod, _ container: String, code: Int) {
        let place = container == TFJob.Name.container ? "" : ", container \(container),"
        tell(
            .normal, "ExitedWithCode",
            "Pod: \(pod.metadata.namespace).\(pod.metadata.name)\(place) exited with code \(code)")
    }

    /// The reason is the node's word, as upstream has it: `Error` or `OOMKilled`.
    private mutating func tellRestart(
        of container: String, in pod: Pod, _ end: ContainerStatus.State.Terminated
    ) {
        tell(
            .warning, end.reason ?? "Error",
            "Error pod \(pod.metadata.name) container \(container) exitCode: \(end.exitCode) terminated message: "
                + (end.message?.lastWords ?? ""))
    }

    private mutating func tellRestart(_ type: TFJob.ReplicaType, _ cause: TFJob.Attempt.Cause) {
        tell(.warning, "TFJobRestarting", restartMessage(type, cause))
    }

    func restartMessage(_ type: TFJob.ReplicaType, _ cause: TFJob.Attempt.Cause) -> String {
        let what = cause == .failure ? "failed" : "were disrupted"
        return "job \(job.metadata.name) is restarting because \(type.rawValue) replica(s) \(what)."
    }
}

extension TFJob.Attempt {
    fileprivate mutating func explainExitCode() {
        meaning = exitCode.map { ExitCodeMeaning.of($0, reason: reason ?? "") }
    }
}

extension Pod {
    /// The end before the last restart of the container `tensorflow`, or of any container.
    fileprivate var lastRestart: (container: String, terminated: ContainerStatus.State.Terminated)? {
        let containers = status?.containerStatuses ?? []
        let ends = containers.compactMap { each in each.lastState?.terminated.map { (each.name, $0) } }
        return ends.first { $0.0 == TFJob.Name.container } ?? ends.first
    }
}
