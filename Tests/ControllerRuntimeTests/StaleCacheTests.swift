import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import Synchronization
import TestSupport
import Testing

/// What client-go's controllers need expectations for: a watch that lags far behind.
@Suite(.timeLimit(.minutes(10))) struct StaleCacheTests {
    /// Holds back every watch until it is opened, and counts what is written meanwhile.
    private final class LateWatches: HTTPTransport {
        private let base: any HTTPTransport
        private let state = Mutex((isOpen: false, writes: [String: Int]()))

        init(_ base: any HTTPTransport) { self.base = base }

        func open() { state.withLock { $0.isOpen = true } }
        func writes(_ method: HTTPRequest.Method) -> Int { state.withLock { $0.writes[method.rawValue] ?? 0 } }

        func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
            if request.url.contains("watch=") {
                while !state.withLock({ $0.isOpen }) {
                    do { try await Task.sleep(for: .milliseconds(10)) } catch {
                        throw HTTPTransportError(.cancelled, "the test is over")
                    }
                }
            } else {
                state.withLock { $0.writes[request.method.rawValue, default: 0] += 1 }
            }
            return try await base.send(request)
        }
    }

    /// Makes the children that are missing and deletes those beyond the size.
    private struct Family: Reconciler {
        struct Observed: Sendable {
            var widget: Widget
            var children: [ConfigMap]
            var size: Int
        }

        let widgets: Store<Widget>
        let children: Store<ConfigMap>
        let size: @Sendable () -> Int
        let seen: Seen

        func observe(
            _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
        ) -> (object: Widget, observed: Observed)? {
            guard let widget = widgets[key] else { return nil }
            let present = children.group(widget.metadata.uid)
            seen.add("\(present.count)")
            return (widget, Observed(widget: widget, children: present, size: size()))
        }

        static func decide(_ observed: Observed) -> Plan {
            let widget = observed.widget
            let owner: JSONValue = ["metadata": ["ownerReferences": [OwnerReference(controller: widget).json]]]
            let names = Set(observed.children.map(\.metadata.name))
            let missing = (0..<observed.size).map { "\(widget.metadata.name)-\($0)" }.filter { !names.contains($0) }
            let surplus = observed.children.dropFirst(observed.size)
            return Plan(
                status: ["children": JSONValue(observed.size)],
                actions: missing.map {
                    .create(
                        Manifest(Reference(ConfigMap.resource, namespace: widget.metadata.namespace, name: $0), owner))
                } + surplus.map { .delete($0.reference, uid: $0.metadata.uid) })
        }
    }

    @Test func `nothing is written twice though the watch has told nothing yet, nor when it tells of the past`()
        async throws
    {
        let server = try await ControlPlane.withWidgets()
        let namespace = try await server.namespace()
        let transport = LateWatches(try AsyncHTTPTransport(tls: server.configuration.tls))
        let client = KubernetesClient(configuration: server.configuration, transport: transport)
        let key = ObjectKey(namespace: namespace, name: "w")
        try await server.client.create(Widget.manifest("w", namespace: namespace))

        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let metrics = RuntimeMetrics(in: MetricsRegistry())
        let (widgets, children, seen) = (Store<Widget>(), Store<ConfigMap>(), Seen())
        let size = Mutex(5)
        var stores = WriteThrough()
        stores.add(widgets)
        stores.add(children)
        let queue = KeyQueue(name: "late", metrics: metrics)
        let controller = Controller(
            name: "late",
            reconciler: Family(
                widgets: widgets, children: children, size: { size.withLock { $0 } }, seen: seen),
            queue: queue, executor: PlanExecutor(client: client, events: EventLog(), stores: stores),
            metrics: metrics, now: { Time(seconds: 0) }, logger: logger)
        let selection = Selection(namespace: namespace)
        let informers = (
            Informer(client: client, store: widgets, selection: selection, metrics: metrics, logger: logger),
            Informer(client: client, store: children, selection: selection, metrics: metrics, logger: logger)
        )

        func reconcile(_ times: Int) async throws {
            for _ in 0..<times {
                let before = seen.all.count
                queue.add(key)
                try await until { seen.all.count > before }
            }
        }

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await informers.0.run() }
            group.addTask { await informers.1.run() }
            await widgets.waitUntilSynced()
            await children.waitUntilSynced()
            group.addTask { await controller.run() }
            try await reconcile(20)
            try await until { children.group(widgets[key]?.metadata.uid ?? "").count == 5 }
            size.withLock { $0 = 3 }
            try await reconcile(20)
            try await until { transport.writes(.delete) == 2 }
            #expect(transport.writes(.post) == 5)
            #expect(transport.writes(.put) == 2, "one status for each size")

            // Now the watch tells, event by event, of a past in which there were five.
            transport.open()
            try await server.client.patch(
                Reference(Widget.resource, key), ["metadata": ["annotations": ["news": "yes"]]])
            try await until { widgets[key]?.metadata.annotations["news"] == "yes" }
            try await reconcile(20)
            #expect(transport.writes(.post) == 5)
            #expect(transport.writes(.delete) == 2)
            #expect(
                try await server.client.list(ConfigMap.self, selection).items.count { $0.metadata.controller != nil }
                    == 3)
            group.cancelAll()
        }
    }
}
