import Synchronization

/// Lets one task at a time work on a key; others wait in the order of their arrival.
final class KeyedLock<Key: Hashable & Sendable>: Sendable {
    private typealias Waiter = (id: UInt64, continuation: CheckedContinuation<Bool, Never>)

    private struct State {
        /// Keys that are held, each with those who wait for it.
        var waiters: [Key: [Waiter]] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    func withLock<Value>(
        _ key: Key, _ body: () async throws(ImageError) -> Value
    ) async throws(ImageError) -> Value {
        guard await acquire(key) else { throw ImageError(.cancelled, "cancelled while waiting for \(key)") }
        defer { release(key) }
        return try await body()
    }

    /// - Returns: `false` when the task was cancelled while it waited.
    private func acquire(_ key: Key) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    guard state.waiters[key] != nil else {
                        state.waiters[key] = []
                        return true
                    }
                    state.waiters[key]?.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters[key]?.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters[key]?.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func release(_ key: Key) {
        let next = state.withLock { state -> Waiter? in
            guard state.waiters[key]?.isEmpty == false else {
                state.waiters[key] = nil
                return nil
            }
            return state.waiters[key]?.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
