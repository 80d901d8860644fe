import AerieAPI
import KubernetesAPI

/// Why a trial's job failed, in the words of whoever knows best: the trainer, then the node, then the job.
extension TrialRound {
    mutating func explainFailure(of job: TFJob) {
        let condition = job.status?.condition(.failed)
        guard let ending = Ending(pods, job) else {
            return fail(
                condition?.reason ?? TrialReason.tfJobFailed.rawValue, condition?.message ?? "The TFJob has failed.")
        }
        let told = ending.message.flatMap { try? TrialResult(parsing: $0) }
        if let told, told.trialUID == trial.metadata.uid { note(told) }
        let code = "Exit code \(ending.exitCode): \(ExitCodeMeaning.of(ending.exitCode, reason: ending.reason))."
        let detail = told.map { $0.message ?? "" } ?? ending.message.map { $0.end(bytes: 1_000) } ?? ""
        let limit = condition?.reason == "TFJobFailed" ? nil : condition?.message
        fail(
            told?.reason ?? Self.reason(for: ending),
            [detail, code, limit ?? ""].filter { !$0.isEmpty }.joined(separator: " "))
    }

    private static func reason(for ending: Ending) -> String {
        if ending.reason == "OOMKilled" { return TrialReason.outOfMemory.rawValue }
        return switch Int32(exactly: ending.exitCode).flatMap(TrialExitCode.init(rawValue:)) {
        case .usage: TrialResult.Reason.badUsage.rawValue
        case .badData: TrialResult.Reason.badData.rawValue
        case .badConfiguration: TrialResult.Reason.badConfiguration.rawValue
        case .terminated: TrialResult.Reason.interrupted.rawValue
        default: TrialResult.Reason.trainingFailed.rawValue
        }
    }

    /// How the last pod of a failed job ended.
    private struct Ending {
        var exitCode: Int
        var reason: String
        var message: String?

        init?(_ pods: [Pod], _ job: TFJob) {
            let endings = pods.compactMap { $0.decisiveEnd?.terminated }.filter { $0.exitCode != 0 }
            if let last = endings.max(by: { ($0.finishedAt?.seconds ?? 0) < ($1.finishedAt?.seconds ?? 0) }) {
                exitCode = last.exitCode
                reason = last.reason ?? ""
                message = last.message
            } else if let last = job.status?.attempts.last, let code = last.exitCode {
                exitCode = code
                reason = last.reason ?? ""
                message = last.message
            } else {
                return nil
            }
        }
    }
}
