public import KubernetesAPI
public import KubernetesClient
import Synchronization

/// The objects of one kind as the controllers know them; read synchronously, from any task.
///
/// Written by one informer and by the plan executor. Each read is of one moment: a reconciler takes all it needs and
/// decides on that.
public final class Store<Object: KubernetesObject>: Sendable {
    private struct State {
        var contents: StoreContents<Object>
        var isSynced = false
        var listeners: [@Sendable (Object) -> Void] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// Makes an empty store.
    ///
    /// - Parameter grouping: by what objects can be looked up together; by default, the uid of their controller.
    public init(groupedBy grouping: @escaping StoreContents<Object>.Grouping = { $0.metadata.controller?.uid }) {
        state = Mutex(State(contents: StoreContents(groupedBy: grouping)))
    }

    /// Makes an empty store.
    ///
    /// - Parameter grouping: the names of all groups in which an object can be looked up.
    public init(inGroups grouping: @escaping @Sendable (Object) -> [String]) {
        state = Mutex(State(contents: StoreContents(inGroups: grouping)))
    }

    public subscript(_ key: ObjectKey) -> Object? { state.withLock { $0.contents[key] } }
    public func group(_ name: String) -> [Object] { state.withLock { $0.contents.group(name) } }
    public var all: [Object] { state.withLock { $0.contents.all } }
    public var count: Int { state.withLock { $0.contents.count } }

    /// Whether a whole list was read since the start.
    public var isSynced: Bool { state.withLock { $0.isSynced } }

    /// Calls `listener` with every object that comes, changes or goes; for wiring, before anything runs.
    public func onChange(_ listener: @escaping @Sendable (Object) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Whether this version of an object is here, or a newer one.
    public func knows(_ version: ObjectVersion) -> Bool { state.withLock { $0.contents.knows(version) } }

    public func apply(_ object: Object) {
        notify { $0.apply(object) ? [object] : [] }
    }

    public func remove(_ object: Object) {
        notify { contents in
            contents.remove(object)
            return [object]
        }
    }

    public func markDeleted(_ key: ObjectKey, uid: String) {
        notify { contents in
            let object = contents[key]
            contents.markDeleted(key, uid: uid)
            return object.map { [$0] } ?? []
        }
    }

    public func replace(with list: [Object], version: String) {
        notify { contents in
            let before = Dictionary(contents.all.map { ($0.metadata.key, $0) }) { $1 }
            return contents.replace(with: list, version: version).compactMap { contents[$0] ?? before[$0] }
        }
        resumeWaiters { $0.isSynced = true }
    }

    /// Returns once a whole list was read, or when the task is cancelled.
    public func waitUntilSynced() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isSynced, !Task.isCancelled else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            // Others that wait too are few and look again.
            resumeWaiters { _ in }
        }
    }

    private func resumeWaiters(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Changes the contents under the lock and tells the listeners after it.
    private func notify(_ change: (inout StoreContents<Object>) -> [Object]) {
        let (changed, listeners) = state.withLock { state in (change(&state.contents), state.listeners) }
        for object in changed { for listener in listeners { listener(object) } }
    }
}
