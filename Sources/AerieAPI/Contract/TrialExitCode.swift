/// How a trial's process ends, and what that means for a retry.
///
/// 64, 65, 69 and 78 are `EX_USAGE`, `EX_DATAERR`, `EX_UNAVAILABLE` and `EX_CONFIG` of sysexits.h.
public enum TrialExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    /// The training ended without a usable model, for example because it diverged.
    case failed = 1
    case usage = 64
    case badData = 65
    /// Another task of a distributed training never came, or did not come back.
    case peerUnavailable = 69
    case badConfiguration = 78
    /// Something outside the trial's control, for example a full disk.
    case temporaryFailure = 128
    /// SIGTERM: a checkpoint was saved, and the same trial goes on from there.
    case terminated = 143

    /// Whether the same trial may succeed when it is started again: codes from 128 on, which are also those of processes
    /// ended by a signal.
    public static func isRetryable(_ code: Int32) -> Bool { code >= 128 }
}
