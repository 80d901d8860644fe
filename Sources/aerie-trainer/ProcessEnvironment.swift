import AerieAPI
import FoundationEssentials
import Glibc
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
        let isPod = variables[TrialVariable.contract.rawValue] != nil || variables["TF_CONFIG"] != nil
        return isPod && access(defaultPath, W_OK) == 0 ? TerminationLog(path: defaultPath) : nil
    }
}
