import AerieAPI
import CStopSignal

/// SIGTERM, or SIGINT from a terminal, to this process; works as process 1 of a container as well.
enum StopSignal {
    /// Lets such a signal end the process at once; to be called first thing.
    static func endsProcess() { stop_signal_catch(TrialExitCode.terminated.rawValue) }

    /// From now on a signal does not end the process: whoever works asks for it instead.
    static func isOnlyRemembered() { stop_signal_defer() }

    /// Ends the process that many seconds after a signal even if nobody asks: what it waits for may never come.
    static func endsProcess(after seconds: UInt32) { stop_signal_abandon(seconds) }

    static var came: Bool { stop_signal_came() != 0 }
}
