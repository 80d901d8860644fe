public import KubernetesAPI
import Synchronization

/// The work queue of one controller: a ``WorkQueue`` with a lock, a clock and workers that wait.
public final class KeyQueue: Sendable {
    private struct Contents {
        var queue: WorkQueue<ObjectKey>
        var waiters: [CheckedContinuation<Void, Never>] = []
        var random = SystemRandomNumberGenerator()
    }

    /// Shared with the metrics, which look at it whenever they are read.
    private final class State: Sendable {
        private let contents: Mutex<Contents>

        init(backoff: Backoff) { contents = Mutex(Contents(queue: WorkQueue(backoff: backoff))) }

        func withLock<Result>(_ body: (inout Contents) -> Result) -> Result { contents.withLock { body(&$0) } }
    }

    private let state: State
    private let metrics: QueueMetrics

    public init(name: String, backoff: Backoff = Backoff(), metrics: RuntimeMetrics) {
        let state = State(backoff: backoff)
        self.state = state
        self.metrics = metrics.queue(name) { state.withLock { $0.queue.load(at: .now) } }
    }

    /// Asks for a key now, or after a delay.
    public func add(_ key: ObjectKey, after delay: Duration = .zero) {
        if change({ $0.add(key, at: .now + delay) }) { metrics.added() }
    }

    /// Ends the work on a key and says when it is wanted again.
    public func done(_ key: ObjectKey, requeue: Requeue, took: Duration) {
        state.withLock { state in
            let now = ContinuousClock.now
            switch requeue {
            case .whenSomethingChanges, .terminal: state.queue.forget(key)
            case .after(let delay):
                state.queue.forget(key)
                state.queue.add(key, at: now + delay)
            case .withBackoff: state.queue.addAfterFailure(key, at: now, using: &state.random)
            }
        }
        change { $0.done(key) }
        if requeue == .withBackoff { metrics.retried() }
        metrics.worked(took)
    }

    /// Whether a key waits for a worker.
    public var isAnyDue: Bool { state.withLock { $0.queue.nextMoment().map { $0 <= .now } ?? false } }

    /// The next key that is due; `nil` once the task is cancelled.
    public func next() async -> ObjectKey? {
        while !Task.isCancelled {
            let (item, moment) = state.withLock { state in (state.queue.take(at: .now), state.queue.nextMoment()) }
            if let item {
                metrics.started(waited: item.waited)
                return item.key
            }
            await waitForChange(until: moment)
        }
        return nil
    }

    private func change<Result>(_ change: (inout WorkQueue<ObjectKey>) -> Result) -> Result {
        let (result, waiters) = state.withLock { state in
            defer { state.waiters = [] }
            return (change(&state.queue), state.waiters)
        }
        for waiter in waiters { waiter.resume() }
        return result
    }

    /// Returns when the queue changed, when `moment` has come, or when the task is cancelled.
    private func waitForChange(until moment: ContinuousClock.Instant?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nextChange() }
            if let moment { group.addTask { try? await Task.sleep(until: moment, clock: .continuous) } }
            await group.next()
            group.cancelAll()
        }
    }

    private func nextChange() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    // A key may have come between the look at the queue and now.
                    let isDue = state.queue.nextMoment().map { $0 <= .now } ?? false
                    guard !isDue, !Task.isCancelled else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            change { _ in }
        }
    }
}
