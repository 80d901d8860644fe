import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics
import Synchronization
import TestSupport
import Testing

/// Informers on scripted faults, and on a real server.
@Suite(.timeLimit(.minutes(10))) struct InformerTests {
    private let registry = MetricsRegistry()
    private let store = Store<ConfigMap>()

    /// Runs an informer until `isDone`, and returns what it asked the server for.
    private func run(
        _ answers: [Result<HTTPResponse, HTTPTransportError>], until isDone: @escaping @Sendable () -> Bool
    ) async -> [String] {
        let transport = InMemoryTransport(responses: answers)
        let client = KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport)
        let informer = Informer(
            client: client, store: store, backoff: Backoff(base: .milliseconds(1), limit: .milliseconds(5)),
            metrics: RuntimeMetrics(in: registry), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await informer.run() }
            while !isDone() { await Task.yield() }
            while transport.requests.count < answers.count { await Task.yield() }
            group.cancelAll()
        }
        return transport.requests.prefix(answers.count).map { request in
            request.url.contains("watch=true")
                ? "watch \(Self.parameter("resourceVersion", of: request.url))"
                : "list \(Self.parameter("limit", of: request.url)) \(Self.parameter("continue", of: request.url))"
        }
    }

    private static func parameter(_ name: String, of url: String) -> String {
        url.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1)) } ?? "-"
    }

    private func names() -> Set<String> { Set(store.all.map { "\($0.metadata.name)@\($0.metadata.resourceVersion)" }) }

    private static func object(_ name: String, _ version: Int) -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "namespace": "ns", "uid": .string("uid-\(name)"),
                "resourceVersion": .string("\(version)"),
            ]
        ]
    }

    private static func page(
        _ objects: JSONValue..., version: Int, next: String? = nil
    ) -> Result<HTTPResponse, HTTPTransportError> {
        var metadata: JSONValue = ["resourceVersion": .string("\(version)")]
        if let next { metadata["continue"] = .string(next) }
        let list: JSONValue = ["metadata": metadata, "items": .array(objects)]
        return .success(HTTPResponse(body: HTTPBody(list.serialized)))
    }

    private static func watch(
        _ events: (String, JSONValue)..., end: HTTPTransportError? = nil
    ) -> Result<HTTPResponse, HTTPTransportError> {
        let lines = events.map { type, object in
            (["type": .string(type), "object": object] as JSONValue).serialized + [0x0A]
        }
        let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
            for line in lines { continuation.yield(line) }
            continuation.finish(throwing: end)
        }
        return .success(HTTPResponse(body: HTTPBody(length: nil, chunks: stream)))
    }

    private static let expired: JSONValue = ["kind": "Status", "reason": "Expired", "code": 410, "message": "too old"]

    @Test func `what the store knows already is passed over, whatever it says, and the watch goes on from there`() async
    {
        let store = store
        func spoilt(_ name: String, _ version: Int) -> JSONValue {
            var object = Self.object(name, version)
            object["data"] = "no object of texts"
            return object
        }
        let asked = await run(
            [
                Self.page(Self.object("a", 10), version: 10),
                // Were the first two read, they would be told of as undecodable.
                Self.watch(
                    ("MODIFIED", spoilt("a", 10)), ("ADDED", spoilt("a", 9)), ("MODIFIED", Self.object("a", 11)),
                    ("MODIFIED", spoilt("a", 11))),
                Self.watch(("DELETED", Self.object("a", 11))),
            ], until: { store.isSynced && store.count == 0 })
        #expect(asked == ["list 500 -", "watch 10", "watch 11"])
        #expect(!registry.text.contains("undecodable_objects_total{"))
    }

    @Test(arguments: [
        #"{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"}}"#,
        #"{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"}}]"#,
        #"{"metadata":{"resourceVersion":"5"},"items":[]} x"#, #"{"metadata":{"resourceVersion":"5"},"items":3}"#, "[]",
    ])
    func `a list that is cut off or malformed is read again and never taken for an empty one`(text: String) async {
        let store = store
        let answer = HTTPResponse(body: HTTPBody(Array(text.utf8)))
        let asked = await run(
            [.success(answer), Self.page(Self.object("b", 6), version: 6)], until: { store.isSynced })
        #expect(asked == ["list 500 -", "list 500 -"])
        #expect(names() == ["b@6"])
    }

    @Test func `the copy that kubectl apply leaves in an annotation is not kept`() async {
        let store = store
        var applied = Self.object("a", 1)
        applied["metadata"]?["annotations"] = ["kubectl.kubernetes.io/last-applied-configuration": "{}", "mine": "yes"]
        _ = await run([Self.page(applied, version: 5)], until: { store.isSynced })
        #expect(store.all.map(\.metadata.annotations) == [["mine": "yes"]])
    }

    @Test func `it lists page by page, watches from the list's version and resumes after a plain end`() async {
        let store = store
        let asked = await run(
            [
                Self.page(Self.object("a", 1), version: 5, next: "t"), Self.page(Self.object("b", 2), version: 5),
                Self.watch(("ADDED", Self.object("c", 6)), ("BOOKMARK", Self.object("", 9))),
                Self.watch(("DELETED", Self.object("a", 11)), ("MODIFIED", Self.object("b", 12))),
            ], until: { store[ObjectKey("b")]?.metadata.resourceVersion == "12" })
        #expect(asked == ["list 500 -", "list 500 t", "watch 5", "watch 9"])
        #expect(names() == ["b@12", "c@6"])
    }

    @Test func `nothing is in the store before the last page`() async {
        let store = store
        let seen = Mutex<[Int]>([])
        store.onChange { _ in seen.withLock { $0.append(store.count) } }
        _ = await run(
            [Self.page(Self.object("a", 1), version: 5, next: "t"), Self.page(Self.object("b", 2), version: 5)],
            until: { store.isSynced })
        #expect(seen.withLock { $0 } == [2, 2])
    }

    @Test func `a forgotten version in the stream leads to a new list`() async {
        let store = store
        let asked = await run(
            [
                Self.page(Self.object("a", 1), version: 5), Self.watch(("ERROR", Self.expired)),
                Self.page(Self.object("b", 8), version: 20), Self.watch(("ADDED", Self.object("c", 21))),
            ], until: { store.count == 2 })
        #expect(asked == ["list 500 -", "watch 5", "list 500 -", "watch 20"])
        #expect(names() == ["b@8", "c@21"])
    }

    @Test func `a reset resumes from the last event`() async {
        let store = store
        let asked = await run(
            [
                Self.page(version: 5), .failure(HTTPTransportError(.unreachable, "refused")),
                Self.watch(("ADDED", Self.object("a", 6)), end: HTTPTransportError(.closed, "reset")),
                Self.watch(("ADDED", Self.object("b", 7))),
            ], until: { store.count == 2 })
        #expect(asked == ["list 500 -", "watch 5", "watch 5", "watch 6"])
    }

    @Test func `a page that fails is asked for again and a token that expires makes it list at once`() async {
        let store = store
        let gone = HTTPResponse(status: 410, body: HTTPBody(Self.expired.serialized))
        let asked = await run(
            [
                .success(HTTPResponse(status: 500)), Self.page(Self.object("a", 1), version: 5, next: "t"),
                .failure(HTTPTransportError(.closed, "reset")), .success(gone),
                Self.page(Self.object("b", 8), version: 9), Self.watch(("ADDED", Self.object("c", 10))),
            ], until: { store.count == 2 })
        #expect(asked == ["list 500 -", "list 500 -", "list 500 t", "list 500 t", "list - -", "watch 9"])
        #expect(names() == ["b@8", "c@10"])
    }

    @Test func `an object that cannot be read is counted and the others arrive`() async {
        let store = store
        let bad: JSONValue = ["metadata": ["name": "bad", "resourceVersion": "7"], "data": 1]
        let asked = await run(
            [
                Self.page(bad, Self.object("a", 1), version: 5),
                Self.watch(("ADDED", bad), ("ADDED", Self.object("b", 8))),
                Self.watch(("ADDED", Self.object("c", 9))),
            ], until: { store.count == 3 })
        #expect(asked.last == "watch 8")
        #expect(registry.text.contains("aerie_undecodable_objects_total{kind=\"ConfigMap\"} 2"))
    }

    @Test func `an object that can no longer be read keeps its last good version until it is gone`() async {
        let store = store
        func bad(_ version: Int) -> JSONValue {
            var bad = Self.object("a", version)
            bad["data"] = 1
            return bad
        }
        let expired = Self.watch(("ERROR", Self.expired))
        let asked = await run(
            [
                Self.page(Self.object("a", 1), version: 5), Self.watch(("MODIFIED", bad(6))), expired,
                Self.page(bad(6), Self.object("b", 7), version: 8),
            ], until: { store.count == 2 })
        #expect(asked == ["list 500 -", "watch 5", "watch 6", "list 500 -"])
        #expect(names() == ["a@1", "b@7"])
    }

    @Test func `an object that can no longer be read goes when it is deleted`() async {
        let store = store
        var bad = Self.object("a", 6)
        bad["data"] = 1
        _ = await run(
            [
                Self.page(Self.object("a", 1), version: 5),
                Self.watch(("DELETED", bad), ("ADDED", Self.object("b", 7))),
            ], until: { store[ObjectKey(namespace: "ns", name: "b")] != nil })
        #expect(names() == ["b@7"])
    }

    @Test func `a store follows a real server`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let store = store
        let informer = Informer(
            client: server.client, store: store,
            selection: Selection(namespace: namespace, labelSelector: "watched=yes"),
            metrics: RuntimeMetrics(in: registry), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        func manifest(_ name: String, labels: JSONValue) -> Manifest {
            Manifest(
                Reference(ConfigMap.resource, namespace: namespace, name: name), ["metadata": ["labels": labels]])
        }
        try await server.client.create(manifest("before", labels: ["watched": "yes"]))
        try await server.client.create(manifest("other", labels: ["watched": "no"]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await informer.run() }
            await store.waitUntilSynced()
            #expect(store.all.map(\.metadata.name) == ["before"])
            try await server.client.create(manifest("after", labels: ["watched": "yes"]))
            try await until { store.count == 2 }
            try await server.client.delete(manifest("before", labels: [:]).reference)
            try await until { store.all.map(\.metadata.name) == ["after"] }
            // Leaving the selection is leaving the store, and coming back is coming back.
            try await server.client.patch(
                manifest("after", labels: [:]).reference, ["metadata": ["labels": ["watched": "no"]]])
            try await until { store.count == 0 }
            try await server.client.patch(
                manifest("after", labels: [:]).reference, ["metadata": ["labels": ["watched": "yes"]]])
            try await until { store.count == 1 }
            group.cancelAll()
        }
    }
}

/// Waits for something that a server brings about; the suite's time limit bounds it.
func until(_ isSo: () async throws -> Bool) async throws {
    while try await !isSo() { try await Task.sleep(for: .milliseconds(10)) }
}
