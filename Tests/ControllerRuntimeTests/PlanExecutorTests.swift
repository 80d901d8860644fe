import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct PlanExecutorTests {
    private let events = EventLog()
    private let widget = Widget(
        metadata: ObjectMeta(name: "w", namespace: "ns", uid: "u1", resourceVersion: "7"), spec: nil,
        status: ["phase": "Old"])
    private static let child = Reference(ConfigMap.resource, namespace: "ns", name: "child")
    private static let created = Plan.Event(.normal, reason: "Created", message: "created a child")

    /// A plan that does one of everything.
    private var plan: Plan {
        Plan(
            status: ["phase": "New"],
            actions: [
                .create(Manifest(Self.child, [:])), .apply(Manifest(Self.child, ["data": ["k": "v"]])),
                .patch(Self.child, uid: "u2", ["data": ["k": "w"]]), .delete(Self.child, uid: "u2"),
            ], events: [Self.created])
    }

    private func executor(_ transport: InMemoryTransport, stores: WriteThrough = WriteThrough()) -> PlanExecutor {
        let client = KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport)
        return PlanExecutor(client: client, events: events, stores: stores)
    }

    private func lines(_ transport: InMemoryTransport) -> [String] {
        transport.requests.map { "\($0.method.rawValue) \($0.url.prefix { $0 != "?" })" }
    }

    private static func status(_ code: Int, _ reason: String) -> HTTPResponse {
        let body: JSONValue = ["kind": "Status", "reason": .string(reason), "message": "m", "code": JSONValue(code)]
        return HTTPResponse(status: code, body: HTTPBody(body.serialized))
    }

    private static let ok = HTTPResponse(body: HTTPBody(Array("{}".utf8)))
    /// A child that is there and belongs to the widget.
    private static let ours = HTTPResponse(body: HTTPBody(owned(by: "u1").serialized))

    @Test func `the status comes first, then the actions in order, then the events`() async throws {
        let transport = InMemoryTransport { $0.method == .get ? Self.ours : Self.ok }
        try await executor(transport).execute(plan, for: widget)
        let objects = "/api/v1/namespaces/ns/configmaps"
        #expect(
            lines(transport) == [
                "PUT /apis/test.aerie.dev/v1/namespaces/ns/widgets/w/status", "POST \(objects)",
                "GET \(objects)/child", "PATCH \(objects)/child", "PATCH \(objects)/child",
                "DELETE \(objects)/child",
            ])
        let first = try JSONValue(parsing: transport.requests.first?.body.bytes ?? [])
        #expect(first["metadata"] == ["name": "w", "namespace": "ns", "uid": "u1", "resourceVersion": "7"])
        #expect(first["status"] == ["phase": "New"])
        #expect(events.reasons == ["Created"])
    }

    @Test func `a status that is there already is not written`() async throws {
        let transport = InMemoryTransport { _ in Self.ok }
        try await executor(transport).execute(Plan(status: ["phase": "Old"], events: [Self.created]), for: widget)
        #expect(transport.requests.isEmpty)
        #expect(events.reasons == ["Created"])
    }

    @Test func `when the status conflicts nothing else happens`() async {
        let transport = InMemoryTransport { _ in Self.status(409, "Conflict") }
        await #expect(throws: KubernetesError.self) { try await executor(transport).execute(plan, for: widget) }
        #expect(transport.requests.count == 1)
        #expect(events.reasons.isEmpty)
    }

    /// The request that fails, counted from the status, and how many actions were done by then.
    static let failing: [(failing: Int, actions: Int)] = [(1, 0), (2, 1), (3, 1), (4, 2), (5, 3)]

    @Test(arguments: failing)
    func `an action that fails ends the plan, and what was done by then is told all the same`(
        failing: Int, actions: Int
    ) async {
        var plan = plan
        let done = (0..<4).map { (index: Int) in
            Plan.Event(.normal, reason: "Done\(index)", message: "an action", action: index)
        }
        plan.events = [Plan.Event(.warning, reason: "Noted", message: "the status says so")] + done
        let answered = Mutex(0)
        let transport = InMemoryTransport { request in
            let number = answered.withLock { count in
                defer { count += 1 }
                return count
            }
            if number == failing { return Self.status(500, "InternalError") }
            return request.method == .get ? Self.ours : Self.ok
        }
        await #expect(throws: KubernetesError.self) { try await executor(transport).execute(plan, for: widget) }
        #expect(transport.requests.count == failing + 1)
        #expect(events.reasons == ["Noted"] + (0..<actions).map { "Done\($0)" })
    }

    /// Two children and then a status, with an event for each.
    private static let statusLast = Plan(
        status: ["phase": "New"], order: .statusLast,
        actions: ["c0", "c1"].map { .create(Manifest(Reference(ConfigMap.resource, namespace: "ns", name: $0), [:])) },
        events: [Plan.Event(.normal, reason: "Seen", message: "m")]
            + (0..<2).map { (index: Int) in
                Plan.Event(.normal, reason: "Did\(index)", message: "m", action: index)
            })

    /// What fails, what is sent all the same, and what is told of it.
    static let failures: [(failing: String?, sent: [String], told: [String])] = [
        (nil, ["c0", "c1", "status"], ["Seen", "Did0", "Did1"]),
        ("c0", ["c0", "status"], ["Seen"]),
        ("c1", ["c0", "c1", "status"], ["Seen", "Did0"]),
        ("status", ["c0", "c1", "status"], ["Did0", "Did1"]),
    ]

    @Test(arguments: failures)
    func `a status that comes last is written though an action failed, and what was not done is not told`(
        failing: String?, sent: [String], told: [String]
    ) async throws {
        let names = Mutex<[String]>([])
        let transport = InMemoryTransport { request in
            let body = try? JSONValue(parsing: request.body.bytes ?? [])
            let name = request.method == .put ? "status" : body?["metadata"]?["name"]?.stringValue ?? ""
            names.withLock { $0.append(name) }
            return name == failing ? Self.status(500, "InternalError") : Self.ok
        }
        var isFailed = false
        do {
            try await executor(transport).execute(Self.statusLast, for: widget)
        } catch {
            isFailed = true
        }
        #expect(isFailed == (failing != nil))
        #expect(names.withLock { $0 } == sent)
        #expect(events.reasons == told)
    }

    @Test func `of two failures the one that is no conflict is told`() async {
        let transport = InMemoryTransport { request in
            request.method == .put ? Self.status(409, "Conflict") : Self.status(403, "Forbidden")
        }
        let error = await #expect(throws: KubernetesError.self) {
            try await executor(transport).execute(Self.statusLast, for: widget)
        }
        #expect(error?.reason == .forbidden)
    }

    private static func owned(by uid: String?) -> JSONValue {
        let owner: JSONValue = ["apiVersion": "v1", "kind": "Widget", "name": "w", "controller": true]
        guard let uid else { return ["metadata": ["name": "child", "namespace": "ns", "uid": "u2"]] }
        var named = owner
        named["uid"] = .string(uid)
        return ["metadata": ["name": "child", "namespace": "ns", "uid": "u2", "ownerReferences": [named]]]
    }

    static let existing: [(wanted: String?, found: String?, isFine: Bool)] = [
        ("u1", "u1", true), ("u1", "u9", false), ("u1", nil, false), (nil, nil, true), (nil, "u9", false),
    ]

    @Test(arguments: existing) func `a name that is taken is fine only if the object is the one we want`(
        wanted: String?, found: String?, isFine: Bool
    ) async {
        let transport = InMemoryTransport(responses: [
            .success(Self.status(409, "AlreadyExists")),
            .success(HTTPResponse(body: HTTPBody(Self.owned(by: found).serialized))),
        ])
        let plan = Plan(actions: [.create(Manifest(Self.child, Self.owned(by: wanted)))])
        var reason: KubernetesError.Reason?
        do {
            try await executor(transport).execute(plan, for: widget)
        } catch {
            reason = error.reason
        }
        #expect(reason == (isFine ? nil : .alreadyExists))
    }

    @Test func `an object that is gone needs no deleting`() async throws {
        let transport = InMemoryTransport { _ in Self.status(404, "NotFound") }
        let plan = Plan(actions: [.delete(Self.child, uid: "u2")], events: [Self.created])
        try await executor(transport).execute(plan, for: widget)
        #expect(events.reasons == ["Created"])
    }

    @Test(arguments: [("u2", true), ("u3", false), (nil, false)] as [(String?, Bool)])
    func `a conflicting delete is tried again only while the object is still there`(
        present: String?, isTriedAgain: Bool
    ) async throws {
        let found = present.map { uid -> HTTPResponse in
            let document: JSONValue = ["metadata": ["name": "child", "namespace": "ns", "uid": .string(uid)]]
            return HTTPResponse(body: HTTPBody(document.serialized))
        }
        let transport = InMemoryTransport(responses: [
            .success(Self.status(409, "Conflict")), .success(found ?? Self.status(404, "NotFound")),
        ])
        var reason: KubernetesError.Reason?
        do {
            try await executor(transport).execute(Plan(actions: [.delete(Self.child, uid: "u2")]), for: widget)
        } catch {
            reason = error.reason
        }
        #expect(reason == (isTriedAgain ? .conflict : nil))
    }

    @Test func `the stores know our own writes at once`() async throws {
        let server = try await ControlPlane.withWidgets()
        let namespace = try await server.namespace()
        let (widgets, maps) = (Store<Widget>(), Store<ConfigMap>())
        var stores = WriteThrough()
        stores.add(widgets)
        stores.add(maps)
        let executor = PlanExecutor(client: server.client, events: events, stores: stores)
        let widget = try await server.client.create(Widget.manifest("w", namespace: namespace), as: Widget.self)
        let child = Reference(ConfigMap.resource, namespace: namespace, name: "child")
        let owner = OwnerReference(controller: widget)
        let body: JSONValue = ["metadata": ["ownerReferences": [owner.json]]]
        let plan = Plan(status: ["count": 1], actions: [.create(Manifest(child, body))])

        try await executor.execute(plan, for: widget)
        #expect(widgets[widget.metadata.key]?.status == ["count": 1])
        #expect(maps.group(widget.metadata.uid).map(\.metadata.name) == ["child"])

        // The same plan for the same old object: somebody, namely we, changed it since.
        var reason: KubernetesError.Reason?
        do throws(KubernetesError) {
            try await executor.execute(Plan(status: ["count": 2]), for: widget)
        } catch {
            reason = error.reason
        }
        #expect(reason == .conflict)

        // The same plan for the object as it is now does nothing twice.
        let current = try #require(widgets[widget.metadata.key])
        try await executor.execute(plan, for: current)
        let spec = try await server.client.get(current.reference)["spec"]
        #expect(spec == ["size": 1], "a status write must not touch the spec")

        let uid = try #require(maps[child.key]?.metadata.uid)
        try await executor.execute(Plan(actions: [.delete(child, uid: uid)]), for: current)
        #expect(maps.count == 0)
        try await executor.execute(Plan(actions: [.delete(child, uid: uid)]), for: current)
    }
}
