import AerieAPI
import KubernetesAPI

/// What becomes of the job becomes of the trial.
extension TrialRound {
    mutating func follow(_ job: TFJob) {
        guard job.metadata.controller?.uid == trial.metadata.uid else {
            wait(
                TrialReason.nameTaken.rawValue,
                "A TFJob named \(job.metadata.name) belongs to someone else; delete it, and the trial starts.",
                isTrouble: true)
            requeueAfter = .seconds(30)
            return
        }
        note(job)
        let state = job.status ?? TFJob.Status()
        if state.isTrue(.succeeded) {
            finish(job)
        } else if state.isTrue(.failed) {
            explainFailure(of: job)
        } else if trial.spec.stop {
            let refusal = lastError.flatMap { $0.isRefusal ? " It could not be deleted: \($0.message)" : nil } ?? ""
            wait(TrialReason.stopping.rawValue, "Waiting for the TFJob to end.\(refusal)")
            actions.append(.delete(job.reference, uid: job.metadata.uid))
        } else if let stalled = state.condition(.stalled), stalled.status == .yes {
            wait(stalled.reason ?? "Stalled", stalled.message ?? "The TFJob cannot go on.", isTrouble: true)
        } else if state.isTrue(.running) {
            run(TrialReason.tfJobRunning.rawValue, "The trial trains.")
        } else if state.isTrue(.restarting) {
            let restarting = state.condition(.restarting)
            wait(restarting?.reason ?? "Restarting", restarting?.message ?? "The TFJob restarts.")
        } else if state.isTrue(.suspended) {
            wait("Suspended", "The TFJob is suspended, most likely by the queue that admits it.")
        } else {
            wait(TrialReason.tfJobCreated.rawValue, "Waiting for the TFJob to start.")
        }
    }

    private mutating func note(_ job: TFJob) {
        status.tfJobUID = job.metadata.uid
        status.startTime = status.startTime ?? job.status?.startTime ?? job.metadata.creationTimestamp
        let latest = pods.max {
            ($0.metadata.creationTimestamp, $0.metadata.uid) < ($1.metadata.creationTimestamp, $1.metadata.uid)
        }
        guard let latest else { return }
        status.pod = latest.metadata.name
        status.node = latest.spec?.nodeName ?? status.node
        status.attempts = [1, job.status?.restarts ?? 0, job.status?.disruptions ?? 0].total { $0 }
    }
}

private func < (left: (Time?, String), right: (Time?, String)) -> Bool {
    (left.0?.seconds ?? 0, left.1) < (right.0?.seconds ?? 0, right.1)
}
