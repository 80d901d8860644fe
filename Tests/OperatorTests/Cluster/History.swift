import ControllerRuntime
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import Synchronization
import TestCluster

/// What has ever been true of the objects of one kind in a namespace, version by version, as a watch tells it.
final class History<Object: KubernetesObject>: Sendable {
    private struct State {
        var uids: [String: Set<String>] = [:]
        var largest = 0
    }

    private let store = Store<Object>()
    private let state = Mutex(State())
    private let informer: Informer<Object>

    /// - Parameters:
    ///   - cluster: Where to look.
    ///   - namespace: Which objects.
    ///   - isCounted: Which of them count for ``largestNumber``.
    init(_ cluster: OperatorCluster, in namespace: String, counting isCounted: @escaping @Sendable (Object) -> Bool) {
        informer = Informer(
            client: cluster.admin, store: store, selection: Selection(namespace: namespace),
            metrics: RuntimeMetrics(in: MetricsRegistry()),
            logger: Logger(label: "history") { _ in SwiftLogNoOpLogHandler() })
        store.onChange { [weak self, store] object in
            self?.state.withLock { state in
                state.uids[object.metadata.name, default: []].insert(object.metadata.uid)
                state.largest = max(state.largest, store.all.count(where: isCounted))
            }
        }
    }

    /// The most objects that counted at one time.
    var largestNumber: Int { state.withLock { $0.largest } }

    /// All names that were ever given, with the number of objects that had each.
    var objectsByName: [String: Int] { state.withLock { $0.uids.mapValues(\.count) } }

    /// Watches while `body` runs, from before it begins.
    func record<Result>(
        isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let informer = informer
            group.addTask { await informer.run() }
            defer { group.cancelAll() }
            await store.waitUntilSynced()
            return try await body()
        }
    }
}
