public import KubernetesAPI
import Synchronization

/// The work queue of one controller: a ``WorkQueue`` with a lock, a clock and workers that wait.
public final class KeyQueue: Sendable {
    private struct Contents {
        var queue: WorkQueue<ObjectKey>
        /// Workers that wait, by a number of their own.
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter: UInt64 = 0
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
            case .whenSomethingChanges: state.queue.forget(key)
            case .after(let delay):
                state.queue.forget(key)
                state.queue.add(key, at: now + delay)
            case .withBackoff: state.queue.addAfterFailure(key, at: now, using: &state.random)
            case .tidying:
                state.queue.forget(key)
                state.queue.postpone(key, at: now)
            }
        }
        change { $0.done(key) }
        if requeue == .withBackoff { metrics.retried() }
        metrics.worked(took)
    }

    /// Whether a key waits for a worker that has more to do than to tidy up.
    public var isAnyDue: Bool { state.withLock { $0.queue.isAnyDue(at: .now) } }

    /// Whether such a key waits, or was handed out a moment ago.
    public var isBusy: Bool { state.withLock { $0.queue.isBusy(at: .now) } }

    /// Whether a worker that has one key would hold others up: some wait, or are being worked on.
    public var isCrowded: Bool { state.withLock { $0.queue.isShared || $0.queue.isAnyDue(at: .now) } }

    /// The next key that is due; `nil` once the task is cancelled.
    public func next() async -> ObjectKey? {
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let (item, moment, successor) = state.withLock { state in
                let item = state.queue.take(at: now)
                let moment = state.queue.nextMoment()
                // Whoever goes to work has another one watch over what is left.
                return (item, moment, item != nil && moment != nil ? state.waiters.popFirst()?.value : nil)
            }
            successor?.resume()
            if let item {
                metrics.started(waited: item.waited)
                return item.key
            }
            await waitForChange(until: moment)
        }
        return nil
    }

    /// Changes the queue and has one of those who wait look at it: one key needs one worker.
    private func change<Result>(_ change: (inout WorkQueue<ObjectKey>) -> Result) -> Result {
        let (result, waiter) = state.withLock { state in
            (change(&state.queue), state.waiters.popFirst()?.value)
        }
        waiter?.resume()
        return result
    }

    /// Returns when the queue changed, when `moment` has come, or when the task is cancelled.
    private func waitForChange(until moment: ContinuousClock.Instant?) async {
        guard let moment else { return await nextChange(after: nil) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.nextChange(after: moment) }
            group.addTask { try? await Task.sleep(until: moment, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
    }

    /// - Parameter moment: What the queue waited for when it was looked at.
    private func nextChange(after moment: ContinuousClock.Instant?) async {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    // A key may have come between the look at the queue and now.
                    let next = state.queue.nextMoment()
                    let isDue = next.map { $0 <= .now } ?? false
                    guard !isDue, next == moment, !Task.isCancelled else { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
