import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import Testing

/// Who is served first when many new objects come at once.
@Suite(.timeLimit(.minutes(10))) struct PostponedStatusTests {
    /// Wants a status and, until it is there, a child for every object.
    private struct Parents: Reconciler {
        struct Observed: Sendable {
            var name: String
            var hasChild: Bool
        }

        /// The names of all objects that have their child.
        let served: Seen
        /// Whether the server takes children.
        let takesChildren: Bool

        func observe(
            _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
        ) -> (object: Widget, observed: Observed)? {
            let hasChild = takesChildren && served.all.contains("POST \(key.name)")
            return (
                Widget(metadata: ObjectMeta(name: key.name, namespace: "ns", uid: key.name)),
                Observed(name: key.name, hasChild: hasChild)
            )
        }

        static func decide(_ observed: Observed) -> Plan {
            let child = Manifest(Reference(ConfigMap.resource, namespace: "ns", name: observed.name), [:])
            return Plan(
                status: ["phase": "Seen"], order: .statusLast, actions: observed.hasChild ? [] : [.create(child)])
        }
    }

    /// Requests in order, each as its method and the object's name, after three objects came while no worker was there.
    private func requests(takesChildren: Bool, count: Int) async throws -> [String] {
        let sent = Seen()
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            let body = try? JSONValue(parsing: request.body.bytes ?? [])
            sent.add("\(request.method.rawValue) \(body?["metadata"]?["name"]?.stringValue ?? "?")")
            guard takesChildren || request.method != .post else {
                let refusal: JSONValue = ["kind": "Status", "reason": "Forbidden", "message": "m", "code": 403]
                return HTTPResponse(status: 403, body: HTTPBody(refusal.serialized))
            }
            return HTTPResponse(body: HTTPBody(Array("{}".utf8)))
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let metrics = RuntimeMetrics(in: MetricsRegistry())
        let queue = KeyQueue(name: "parents", metrics: metrics)
        let controller = Controller(
            name: "parents", reconciler: Parents(served: sent, takesChildren: takesChildren), queue: queue,
            executor: PlanExecutor(
                client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
                events: EventLog(), stores: WriteThrough()),
            workers: 1, metrics: metrics, now: { Time(seconds: 0) }, logger: logger)
        for name in ["a", "b", "c"] { queue.add(ObjectKey(namespace: "ns", name: name)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            try await until { sent.all.count >= count }
            group.cancelAll()
        }
        return Array(sent.all.prefix(count))
    }

    @Test func `all get their children before the first gets its status`() async throws {
        let order = try await requests(takesChildren: true, count: 6)
        #expect(order.prefix(2) == ["POST a", "POST b"])
        #expect(Set(order[2...]) == ["POST c", "PUT a", "PUT b", "PUT c"])
        #expect(order.firstIndex(of: "POST c") ?? 6 < order.firstIndex(of: "PUT a") ?? 0)
    }

    @Test func `whose children are refused gets a status all the same, though others wait`() async throws {
        let order = try await requests(takesChildren: false, count: 9)
        #expect(Set(order).isSuperset(of: ["PUT a", "PUT b", "PUT c"]))
    }
}
