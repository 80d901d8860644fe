import ControllerRuntime
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import TestSupport
import Testing

/// A whole controller, from informers to writes, on a real server.
@Suite(.timeLimit(.minutes(10))) struct ControllerTests {
    /// Gives each widget as many ConfigMaps as its spec says, and counts them in its status.
    private struct WidgetReconciler: Reconciler {
        struct Observed: Sendable {
            var widget: Widget
            var children: [ConfigMap]
        }

        let widgets: Store<Widget>
        let children: Store<ConfigMap>

        func observe(
            _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
        ) -> (object: Widget, observed: Observed)? {
            guard let widget = widgets[key], widget.metadata.deletionTimestamp == nil else { return nil }
            return (widget, Observed(widget: widget, children: children.group(widget.metadata.uid)))
        }

        static func decide(_ observed: Observed) -> Plan {
            let widget = observed.widget
            let names = (0..<(widget.spec?["size"]?.intValue ?? 0)).map { "\(widget.metadata.name)-\($0)" }
            let missing = names.filter { name in !observed.children.contains { $0.metadata.name == name } }
            let owner: JSONValue = ["metadata": ["ownerReferences": [OwnerReference(controller: widget).json]]]
            let manifests = missing.map {
                Manifest(Reference(ConfigMap.resource, namespace: widget.metadata.namespace, name: $0), owner)
            }
            let surplus = observed.children.filter { !names.contains($0.metadata.name) }
            return Plan(
                status: ["children": JSONValue(observed.children.count)],
                actions: manifests.map { .create($0) }
                    + surplus.map { .delete($0.reference, uid: $0.metadata.uid) })
        }
    }

    @Test func `the world becomes what the specs say, and again when someone meddles`() async throws {
        let server = try await ControlPlane.withWidgets()
        let (client, namespace) = (server.client, try await server.namespace())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let registry = MetricsRegistry()
        let metrics = RuntimeMetrics(in: registry)
        let (widgets, children) = (Store<Widget>(), Store<ConfigMap>())
        let queue = KeyQueue(name: "widget", backoff: Backoff(base: .milliseconds(20)), metrics: metrics)
        widgets.onChange { queue.add($0.metadata.key) }
        children.onChange { child in
            guard let owner = child.metadata.controller else { return }
            queue.add(ObjectKey(namespace: child.metadata.namespace, name: owner.name))
        }
        var stores = WriteThrough()
        stores.add(widgets)
        stores.add(children)
        let controller = Controller(
            name: "widget", reconciler: WidgetReconciler(widgets: widgets, children: children), queue: queue,
            executor: PlanExecutor(client: client, events: EventLog(), stores: stores), metrics: metrics,
            now: { Time(seconds: 0) }, logger: logger)
        let selection = Selection(namespace: namespace)
        let informers = (
            Informer(client: client, store: widgets, selection: selection, metrics: metrics, logger: logger),
            Informer(
                client: client, store: children,
                selection: Selection(namespace: namespace, fieldSelector: "metadata.name!=kube-root-ca.crt"),
                metrics: metrics, logger: logger)
        )
        func count() async throws -> Int {
            try await client.list(ConfigMap.self, selection).items.filter { $0.metadata.controller != nil }.count
        }
        func status(_ name: String) async throws -> JSONValue? {
            try await client.get(Widget.self, ObjectKey(namespace: namespace, name: name)).status
        }

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await informers.0.run() }
            group.addTask { await informers.1.run() }
            await widgets.waitUntilSynced()
            await children.waitUntilSynced()
            group.addTask { await controller.run() }
            for number in 0..<10 { try await client.create(Widget.manifest("w\(number)", namespace: namespace)) }
            try await until { try await count() == 10 }
            let first = Reference(Widget.resource, namespace: namespace, name: "w0")
            try await client.patch(first, ["spec": ["size": 5]])
            try await until { try await status("w0") == ["children": 5] }
            try await client.delete(Reference(ConfigMap.resource, namespace: namespace, name: "w3-0"))
            try await until { try await count() == 14 }
            try await client.patch(first, ["spec": ["size": 2]])
            try await until { try await status("w0") == ["children": 2] }
            #expect(try await count() == 11)
            group.cancelAll()
        }
        let text = registry.text
        #expect(text.contains("controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"}"))
        #expect(text.contains("workqueue_adds_total{name=\"widget\"}"))
        let errors = "controller_runtime_reconcile_total{controller=\"widget\",result=\"error\"} 0\n"
        #expect(text.contains(errors), "no conflict may come from our own writes")
    }
}
