import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import Testing

/// Who is served first when many objects end at once.
@Suite(.timeLimit(.minutes(10))) struct TidyingTests {
    /// Writes a verdict on every object, and deletes its child.
    private struct Parents: Reconciler {
        struct Observed: Sendable {
            var name: String
            var hasChild: Bool
        }

        let sent: Seen

        func observe(
            _ key: ObjectKey, now: Time, lastFailure: KubernetesError?
        ) -> (object: Widget, observed: Observed)? {
            (
                Widget(metadata: ObjectMeta(name: key.name, namespace: "ns", uid: key.name)),
                Observed(name: key.name, hasChild: !sent.all.contains("DELETE \(key.name)"))
            )
        }

        static func decide(_ observed: Observed) -> Plan {
            let child = Reference(ConfigMap.resource, namespace: "ns", name: observed.name)
            return Plan(
                status: ["phase": "Done"], order: .tidying,
                actions: observed.hasChild ? [.delete(child, uid: "c")] : [],
                events: [.init(.normal, reason: "Done", message: "m")])
        }
    }

    private func requests(of names: [String], workers: Int, until count: Int) async throws -> [String] {
        let sent = Seen()
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            let path = request.url.split(separator: "/").filter { $0 != "status" }
            sent.add("\(request.method.rawValue) \(path.last ?? "?")")
            return HTTPResponse(body: HTTPBody(Array("{}".utf8)))
        }
        let metrics = RuntimeMetrics(in: MetricsRegistry())
        let queue = KeyQueue(name: "parents", metrics: metrics)
        let controller = Controller(
            name: "parents", reconciler: Parents(sent: sent), queue: queue,
            executor: PlanExecutor(
                client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
                events: EventLog(), stores: WriteThrough()),
            workers: workers, metrics: metrics, now: { Time(seconds: 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for name in names { queue.add(ObjectKey(namespace: "ns", name: name)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            try await until { sent.all.count { $0.hasPrefix("DELETE") } >= count }
            group.cancelAll()
        }
        return sent.all
    }

    @Test(arguments: [1, 4]) func `all verdicts are written before the first child is deleted`(
        workers: Int
    ) async throws {
        let names = (0..<50).map { "w\($0)" }
        let sent = try await requests(of: names, workers: workers, until: 50)
        let firstDeletion = try #require(sent.firstIndex { $0.hasPrefix("DELETE") })
        // The last of all has nobody to give way to.
        #expect(Set(sent[..<firstDeletion]).count >= 50 - workers)
        #expect(Set(sent.filter { $0.hasPrefix("DELETE") }) == Set(names.map { "DELETE \($0)" }))
    }

    @Test func `one alone is tidied up in the same turn`() async throws {
        let began = ContinuousClock.now
        let sent = try await requests(of: ["w"], workers: 2, until: 1)
        #expect(sent.prefix(2) == ["PUT w", "DELETE w"])
        #expect(began.duration(to: .now) < .seconds(5))
    }
}
