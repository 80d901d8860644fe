public import KubernetesAPI
import Synchronization

/// The work queue of one controller: a ``WorkQueue`` with a lock, a clock and workers that wait.
public final class KeyQueue: Sendable {
    private struct State {
        var queue: WorkQueue<ObjectKey>
        var waiters: [CheckedContinuation<Void, Never>] = []
        var random = SystemRandomNumberGenerator()
    }

    private let state: Mutex<State>
    private let metrics: QueueMetrics

    public init(name: String, backoff: Backoff = Backoff(), metrics: RuntimeMetrics) {
        state = Mutex(State(queue: WorkQueue(backoff: backoff)))
        self.metrics = metrics.queue(name)
    }

    /// Asks for a key now, or after a delay.
    public func add(_ key: ObjectKey, after delay: Duration = .zero) {
        change { $0.add(key, at: .now + delay) }
        metrics.added()
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
        metrics.worked(took)
    }

    /// The next key that is due; `nil` once the task is cancelled.
    public func next() async -> ObjectKey? {
        while !Task.isCancelled {
            let (item, moment, depth) = state.withLock { state in
                (state.queue.take(at: .now), state.queue.nextMoment(), state.queue.count)
            }
            metrics.depth(depth)
            if let item {
                metrics.started(waited: item.waited)
                return item.key
            }
            await waitForChange(until: moment)
        }
        return nil
    }

    private func change(_ change: (inout WorkQueue<ObjectKey>) -> Void) {
        let waiters = state.withLock { state in
            change(&state.queue)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
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
