import AerieAPI
import FoundationEssentials
import Glibc
import KubernetesAPI
import Training

/// What the process was started with.
enum ProcessEnvironment {
    static var variables: [String: String] { ProcessInfo.processInfo.environment }

    /// The pod's uid; on a laptop a name that no other run has.
    static func attempt(_ variables: [String: String]) -> String {
        if let uid = variables[TrialVariable.podUID.rawValue], !uid.isEmpty { return uid }
        return "local-\(time(nil))-\(getpid())"
    }
}

extension TerminationLog {
    /// Where the contract wants it; `nil` on a machine that has no such file.
    static func forProcess(_ variables: [String: String]) -> TerminationLog? {
        if let path = variables[TrialVariable.terminationLog.rawValue], !path.isEmpty {
            return TerminationLog(path: path)
        }
        let isPod = variables[TrialVariable.contract.rawValue] != nil
        return isPod && access(defaultPath, W_OK) == 0 ? TerminationLog(path: defaultPath) : nil
    }
}

/// The trainer works alone: a job with more than one replica is refused rather than trained twice.
enum SingleProcess {
    static func check(_ variables: [String: String]) throws(TrainingError) {
        guard let text = variables["TF_CONFIG"], !text.isEmpty else { return }
        let cluster = (try? JSONValue(parsing: text))?["cluster"]?.objectValue ?? [:]
        let tasks = cluster.values.reduce(0) { $0 + ($1.arrayValue?.count ?? 0) }
        guard tasks <= 1 else {
            throw TrainingError(
                .badConfiguration, "TF_CONFIG: the trainer runs in one replica, the job has \(tasks); use one worker")
        }
    }
}
