import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(10))) struct ShutdownTests {
    /// Makes three ConfigMaps for every widget, again and again.
    private struct Busy: Reconciler {
        func observe(_ key: ObjectKey, now: Time, lastFailure: KubernetesError?) -> (object: Widget, observed: Int)? {
            (Widget(metadata: ObjectMeta(name: key.name, namespace: key.namespace, uid: "u")), 3)
        }

        static func decide(_ observed: Int) -> Plan {
            Plan(
                actions: (0..<observed).map {
                    .create(Manifest(Reference(ConfigMap.resource, namespace: "ns", name: "\($0)"), [:]))
                }, requeueAfter: .zero)
        }
    }

    @Test func `a graceful shutdown lets the plan that has begun end, and begins no other`() async throws {
        let seen = Seen()
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            seen.add("asked")
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                seen.add("cut off")
                throw HTTPTransportError(.cancelled, "cut off")
            }
            seen.add("answered")
            return HTTPResponse(status: 201, body: request.body)
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let metrics = RuntimeMetrics(in: MetricsRegistry())
        let queue = KeyQueue(name: "busy", metrics: metrics)
        let controller = Controller(
            name: "busy", reconciler: Busy(), queue: queue,
            executor: PlanExecutor(
                client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
                events: EventLog(), stores: WriteThrough()),
            workers: 1, metrics: metrics, now: { Time(seconds: 0) }, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: controller, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger))
        queue.add(ObjectKey("w"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await until { !seen.all.isEmpty }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(seen.all == ["asked", "answered", "asked", "answered", "asked", "answered"])
    }
}
