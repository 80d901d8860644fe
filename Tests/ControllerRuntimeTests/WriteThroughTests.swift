import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Testing

/// Several caches of one kind, each scoped by a label.
@Suite struct WriteThroughTests {
    @Test func `a write goes to the cache whose label it has, and to no other`() async throws {
        let (left, right) = (Store<ConfigMap>(), Store<ConfigMap>())
        var stores = WriteThrough()
        stores.add(left) { $0.labels["side"] == "left" }
        stores.add(right) { $0.labels["side"] == "right" }
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            guard request.method == .post else { return HTTPResponse(body: HTTPBody(Array("{}".utf8))) }
            guard var document = try? JSONValue(parsing: try await request.body.collect(upTo: 1 << 16)) else {
                return HTTPResponse(status: 400)
            }
            var metadata = document["metadata"] ?? [:]
            metadata["uid"] = metadata["name"]
            metadata["resourceVersion"] = "5"
            document["metadata"] = metadata
            return HTTPResponse(status: 201, body: HTTPBody(document.serialized))
        }
        let executor = PlanExecutor(
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
            events: EventLog(), stores: stores)
        func reference(_ name: String) -> Reference { Reference(ConfigMap.resource, namespace: "ns", name: name) }
        func create(_ name: String, _ labels: JSONValue) -> Plan.Action {
            .create(Manifest(reference(name), ["metadata": ["labels": labels]]))
        }
        let widget = Widget(metadata: ObjectMeta(name: "w", namespace: "ns", uid: "u", resourceVersion: "1"))
        let creation = Plan(actions: [create("a", ["side": "left"]), create("b", ["side": "right"]), create("c", [:])])
        try await executor.execute(creation, for: widget)
        #expect(left.all.map(\.metadata.name) == ["a"])
        #expect(right.all.map(\.metadata.name) == ["b"])

        try await executor.execute(Plan(actions: [.delete(reference("b"), uid: "b")]), for: widget)
        #expect(left.count == 1)
        #expect(right.count == 0)
    }
}
