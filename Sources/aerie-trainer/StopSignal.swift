import Dispatch
import Glibc
import Synchronization

/// Whether the process was asked to stop (SIGTERM, or SIGINT from a terminal).
///
/// The signals no longer end the process; the training loop asks instead. Works as process 1 of a container as well.
final class StopSignal: Sendable {
    private let received: Flag

    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
        /// Seconds, and the exit code behind them; 0 to wait for as long as it takes.
        let patience = Atomic<Int>(0)
        let code = Atomic<Int32>(0)
    }

    // Only kept so that they go on listening; written once.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        let flag = Flag()
        received = flag
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                flag.value.store(true, ordering: .relaxed)
                let seconds = flag.patience.load(ordering: .relaxed)
                guard seconds > 0 else { return }
                DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
                    _exit(flag.code.load(ordering: .relaxed))
                }
            }
            source.resume()
            return source
        }
    }

    /// Ends the process that long after a signal even if it does not look: what it waits for may never come.
    func abandon(after seconds: Int, code: Int32) {
        received.code.store(code, ordering: .relaxed)
        received.patience.store(seconds, ordering: .relaxed)
    }

    var isReceived: Bool { received.value.load(ordering: .relaxed) }
}
