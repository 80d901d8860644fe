import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import TestSupport
import Testing

/// Plans that the server refuses for a while, for whatever reason.
@Suite(.timeLimit(.minutes(10))) struct RefusedPlanTests {
    /// Gives each widget a child, and tells in its status what keeps that away.
    private struct Parents: Reconciler {
        struct Observed: Sendable {
            var widget: Widget
            var hasChild: Bool
            var failure: KubernetesError?
        }

        let widgets: Store<Widget>
        let children: Store<ConfigMap>

        func observe(
            _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
        ) -> (object: Widget, observed: Observed)? {
            guard let widget = widgets[key] else { return nil }
            let hasChild = !children.group(widget.metadata.uid).isEmpty
            return (widget, Observed(widget: widget, hasChild: hasChild, failure: lastFailure))
        }

        static func decide(_ observed: Observed) -> Plan {
            let widget = observed.widget
            if observed.hasChild { return Plan(status: ["phase": "Done"]) }
            let words = observed.failure.map { "refused: \($0.message)" } ?? "waiting"
            let owner: JSONValue = ["metadata": ["ownerReferences": [OwnerReference(controller: widget).json]]]
            let child = Manifest(Reference(ConfigMap.resource, namespace: "ns", name: widget.metadata.name), owner)
            return Plan(status: ["phase": .string(words)], actions: [.create(child)])
        }
    }

    private static let widget = "/apis/test.aerie.dev/v1/namespaces/ns/widgets/w"
    private static let children = "POST /api/v1/namespaces/ns/configmaps"

    /// A controller over a server that knows one widget; every change of it, its own included, is an event.
    private func run(_ body: (TinyServer, KeyQueue) async throws -> Void) async throws {
        let server = TinyServer()
        let metadata = ObjectMeta(name: "w", namespace: "ns", uid: "u1", resourceVersion: "7")
        let widget = Widget(metadata: metadata, spec: nil, status: nil)
        server[Self.widget] = try JSONValue(encoding: widget)
        let (widgets, children) = (Store<Widget>(), Store<ConfigMap>())
        let metrics = RuntimeMetrics(in: MetricsRegistry())
        let queue = KeyQueue(name: "parents", metrics: metrics)
        widgets.onChange { queue.add($0.metadata.key) }
        children.onChange { _ in queue.add(metadata.key) }
        widgets.replace(with: [widget], version: "7")
        var stores = WriteThrough()
        stores.add(widgets)
        stores.add(children)
        let controller = Controller(
            name: "parents", reconciler: Parents(widgets: widgets, children: children), queue: queue,
            executor: PlanExecutor(
                client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: server),
                events: EventLog(), stores: stores),
            workers: 2, metrics: metrics, now: { Time(seconds: 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            defer { group.cancelAll() }
            try await body(server, queue)
        }
    }

    private static let reasons: [(KubernetesError.Reason, Int)] = [
        (.badRequest, 400), (.forbidden, 403), (.notFound, 404), (.methodNotAllowed, 405),
        (.requestEntityTooLarge, 413), (.unsupportedMediaType, 415), (.invalid, 422),
    ]

    @Test(arguments: reasons)
    func `what is refused is tried again, less and less often, and done soon after it is allowed`(
        reason: KubernetesError.Reason, code: Int
    ) async throws {
        try await run { server, _ in
            server.refuse { request, _ in
                request.method == .post ? KubernetesError(reason, "no such luck", code: code) : nil
            }
            let began = ContinuousClock.now
            try await until {
                server[Self.widget]?["status"]?["phase"]?.stringValue?.hasSuffix("no such luck") == true
            }
            #expect(began.duration(to: .now) < .seconds(5), "the status tells it at once")
            try await Task.sleep(until: began + .seconds(2), clock: .continuous)
            let tries = server.sent.count { $0 == Self.children }
            #expect(tries >= 4 && tries <= 12, "in two seconds, was \(tries)")

            server.refuse(nil)
            let lifted = ContinuousClock.now
            try await until { server[Self.widget]?["status"] == ["phase": "Done"] }
            #expect(lifted.duration(to: .now) < .seconds(6), "no longer than it was refused, and the machine's noise")
        }
    }

    @Test func `words that differ each time are told, and make no loop`() async throws {
        try await run { server, _ in
            // As of a webhook that names its request, and of two policies that take turns.
            server.refuse { request, number in
                guard request.method == .post else { return nil }
                return number / 2 % 2 == 0
                    ? KubernetesError(.invalid, "request \(number)", code: 422)
                    : KubernetesError(.forbidden, "request \(number)", code: 403)
            }
            try await Task.sleep(for: .seconds(4))
            let sent = server.sent
            let tries = sent.count { $0 == Self.children }
            #expect(tries >= 5 && tries <= 20, "in four seconds, was \(tries)")
            #expect(sent.count <= 3 * tries, "a status for each try, was \(sent.count)")
            #expect(server[Self.widget]?["status"]?["phase"]?.stringValue?.hasPrefix("refused: ") == true)
        }
    }

    @Test func `a widget that is corrected is looked at within a second, however often it failed`() async throws {
        try await run { server, queue in
            server.refuse { request, _ in
                request.method == .post ? KubernetesError(.invalid, "wrong", code: 422) : nil
            }
            try await until { server.sent.count { $0 == Self.children } >= 6 }
            server.refuse(nil)
            queue.add(ObjectKey(namespace: "ns", name: "w"))
            let corrected = ContinuousClock.now
            try await until { server[Self.widget]?["status"] == ["phase": "Done"] }
            #expect(corrected.duration(to: .now) < .seconds(3))
        }
    }
}
