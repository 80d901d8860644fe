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
    }

    // Only kept so that they go on listening; written once.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        let flag = Flag()
        received = flag
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { flag.value.store(true, ordering: .relaxed) }
            source.resume()
            return source
        }
    }

    var isReceived: Bool { received.value.load(ordering: .relaxed) }
}
