public import AerieAPI

/// Why a trainer's command cannot go on: a message for people, and what that means for a retry.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var reason: TrialResult.Reason
    public var message: String

    public init(_ reason: TrialResult.Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public var description: String { message }

    public var exitCode: TrialExitCode {
        switch reason {
        case .completed: .done
        case .diverged, .trainingFailed: .failed
        case .interrupted: .terminated
        case .badUsage: .usage
        case .badConfiguration: .badConfiguration
        case .badData: .badData
        case .storageFailed: .temporaryFailure
        case .peerUnavailable: .peerUnavailable
        }
    }
}
