import AerieAPI
import KubernetesAPI

/// Conditions with upstream's types, reasons and messages.
extension TFJobRound {
    /// The first thing that is said about a job, once; what its templates leave to be explained is said with it.
    mutating func noteCreation() {
        if status.condition(.created) == nil {
            set(.created, reason: "TFJobCreated", "TFJob \(job.metadata.name) is created.")
            for replica in replicas where replica.hasPodRestartPolicy {
                tell(
                    .warning, "SetPodTemplateRestartPolicy",
                    "Restart policy in pod template will be overwritten by restart policy in replica spec")
            }
            noteForeignScheduler()
        }
        noteCorrections()
    }

    /// Says which misplaced fields of the templates were put right.
    private mutating func noteCorrections() {
        let notes = replicas.flatMap { replica in
            replica.corrections.map { "\(replica.type.rawValue): \($0.path) \($0.message)" }
        }
        guard !notes.isEmpty else { return status.remove(.templateCorrected) }
        let message = String(notes.joined(separator: "; ").prefix(TFJob.JobCondition.messageLimit))
        if set(.templateCorrected, reason: "MisplacedFields", message) {
            tell(.warning, "TemplateCorrected", message)
        }
    }

    /// Running as soon as the chief, or any worker, runs; Restarting while something is being replaced.
    mutating func noteProgress() {
        let replaced = treatments.first { entry in
            if case .replace = entry.treatment { true } else { false }
        }
        if let replaced {
            let cause: TFJob.Attempt.Cause = replaced.treatment == .replace(counted: true) ? .failure : .disruption
            set(.restarting, reason: "TFJobRestarting", restartMessage(replaced.slot.replica.type, cause))
        } else if isRunning {
            set(.running, reason: "TFJobRunning", "TFJob \(job.metadata.key) is running.")
        }
        noteReadiness()
        noteTrouble()
        let restartReason = status.isTrue(.restarting) ? status.attempts.last?.reason : nil
        status.reason = status.condition(.stalled)?.reason ?? restartReason
    }

    private var isRunning: Bool {
        let chiefs = replicas.filter(\.type.isChief)
        let workers = replicas.filter { $0.type == .worker }
        let deciding = !chiefs.isEmpty ? chiefs : !workers.isEmpty ? workers : replicas
        return census.slots(deciding).contains { $0.pod.phase == .running && !$0.pod.isTerminating }
    }

    /// Unlike Running this asks for every replica that has not succeeded.
    private mutating func noteReadiness() {
        let open = replicas.flatMap { replica in
            (0..<replica.count).filter { !completed(replica.type).contains($0) }.map { (replica.type, $0) }
        }
        let isReady = !open.isEmpty && open.allSatisfy { census.pod($0.0, $0.1)?.isReady ?? false }
        if isReady {
            set(.allReplicasReady, reason: "AllReplicasReady", "Every replica is ready.")
        } else {
            set(.allReplicasReady, .no, reason: "WaitingForReplicas", "Not every replica is ready.")
        }
    }

    /// Sets a condition and, as upstream does, takes away those that it rules out.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    mutating func set(
        _ type: TFJob.JobCondition.ConditionType, _ value: Condition.Status = .yes, reason: String, _ message: String
    ) -> Bool {
        if value == .yes {
            if type == .running { status.remove(.restarting) }
            if type == .restarting { status.remove(.running) }
        }
        return status.set(TFJob.JobCondition(type, value, reason: reason, message: message, at: now))
    }
}

extension TFJob.JobCondition {
    /// Characters of a message that the schema allows.
    static let messageLimit = 4_096
}

extension TFJob.Status {
    mutating func remove(_ type: ConditionType) { conditions.removeAll { $0.type.value == type } }

    /// Puts a condition that is new or different at the end; the transition time stays while the status does.
    fileprivate mutating func set(_ condition: TFJob.JobCondition) -> Bool {
        var new = condition
        if let index = conditions.firstIndex(where: { $0.type == condition.type }) {
            let old = conditions[index]
            guard old.status != new.status || old.reason != new.reason || old.message != new.message else {
                return false
            }
            if old.status == new.status { new.lastTransitionTime = old.lastTransitionTime }
            conditions.remove(at: index)
        }
        conditions.append(new)
        return true
    }

    /// Clients and the `State` column read the last condition, so what describes the job now goes there.
    mutating func bringStateToEnd() {
        let states: [ConditionType] = [.failed, .succeeded, .suspended, .restarting, .running, .created]
        guard let state = states.first(where: isTrue),
            let index = conditions.firstIndex(where: { $0.type.value == state })
        else { return }
        conditions.append(conditions.remove(at: index))
    }
}

extension TFJob.Replica {
    fileprivate var hasPodRestartPolicy: Bool {
        !(writtenTemplate["spec"]?["restartPolicy"]?.stringValue ?? "").isEmpty
    }
}
