import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Testing

/// Nothing is written to that was not read and found ours.
@Suite struct OwnChildrenTests {
    private static let path = "/api/v1/namespaces/ns/configmaps/child"
    private static let child = Reference(ConfigMap.resource, namespace: "ns", name: "child")
    private let server = TinyServer()
    private let widget = Widget(
        metadata: ObjectMeta(name: "w", namespace: "ns", uid: "u1", resourceVersion: "7"), spec: nil, status: nil)

    /// A child as it is stored.
    private static func stored(owner: String?, uid: String = "c1", fields: [JSONValue] = []) -> JSONValue {
        var metadata: JSONValue = [
            "name": "child", "namespace": "ns", "uid": .string(uid), "resourceVersion": "5",
            "managedFields": .array(fields),
        ]
        if let owner { metadata["ownerReferences"] = [["uid": .string(owner), "controller": true, "kind": "Widget"]] }
        return ["metadata": metadata, "data": ["k": "old"]]
    }

    private static var wanted: Manifest {
        let owner: JSONValue = ["uid": "u1", "controller": true, "kind": "Widget"]
        return Manifest(child, ["metadata": ["ownerReferences": [owner]], "data": ["k": "new"]])
    }

    private func carryOut(
        _ action: Plan.Action, predecessors: Set<String> = [], over transport: (any HTTPTransport)? = nil
    ) async -> KubernetesError? {
        let executor = PlanExecutor(
            client: KubernetesClient(
                configuration: ClientConfiguration(server: ""), transport: transport ?? server),
            events: EventLog(), stores: WriteThrough())
        do throws(KubernetesError) {
            try await executor.execute(Plan(actions: [action], predecessors: predecessors), for: widget)
            return nil
        } catch {
            return error
        }
    }

    private var writes: [String] { server.sent.filter { !$0.hasPrefix("GET") }.map { "\($0.prefix { $0 != " " })" } }

    @Test func `what is missing is created, not applied, so that nothing is changed that comes in that moment`() async {
        #expect(await carryOut(.apply(Self.wanted)) == nil)
        #expect(writes == ["POST"])
        #expect(server[Self.path]?["data"] == ["k": "new"])
    }

    @Test(arguments: ["u1", "u7"])
    func `what is ours, or one of our predecessors' is changed`(owner: String) async {
        server[Self.path] = Self.stored(owner: owner)
        #expect(await carryOut(.apply(Self.wanted), predecessors: ["u7", "u8"]) == nil)
        #expect(writes == ["PATCH"])
        #expect(server[Self.path]?["data"] == ["k": "new"])
    }

    @Test(arguments: [nil, "u9", ""])
    func `what belongs to somebody else, or to nobody, stays as it is, and the error says whose it is not`(
        owner: String?
    ) async {
        let foreign = Self.stored(owner: owner)
        server[Self.path] = foreign
        let error = await carryOut(.apply(Self.wanted), predecessors: ["u7"])
        #expect(error?.reason == .alreadyExists)
        #expect(
            error?.message == "ConfigMap ns/child exists and does not belong to Widget ns/w; delete or rename it")
        #expect(writes.isEmpty)
        #expect(server[Self.path] == foreign)
    }

    private static func answer(_ document: JSONValue) -> HTTPResponse {
        HTTPResponse(body: HTTPBody(document.serialized))
    }

    private static func refusal(_ code: Int, _ reason: String) -> HTTPResponse {
        let body: JSONValue = ["kind": "Status", "reason": .string(reason), "message": "m", "code": JSONValue(code)]
        return HTTPResponse(status: code, body: HTTPBody(body.serialized))
    }

    @Test(arguments: [("u1", nil), ("u9", .alreadyExists)] as [(String, KubernetesError.Reason?)])
    func `what appears between the look and the creation is not written to`(
        owner: String, reason: KubernetesError.Reason?
    ) async {
        let transport = InMemoryTransport(responses: [
            .success(Self.refusal(404, "NotFound")), .success(Self.refusal(409, "AlreadyExists")),
            .success(Self.answer(Self.stored(owner: owner))),
        ])
        #expect(await carryOut(.apply(Self.wanted), over: transport)?.reason == reason)
        #expect(transport.requests.map(\.method) == [.get, .post, .get])
    }

    /// In which words servers refuse to change the uid of an object.
    @Test(arguments: [(409, "Conflict"), (422, "Invalid")])
    func `another object that takes the name after the look is not changed, and the plan is made anew`(
        code: Int, reason: String
    ) async throws {
        let transport = InMemoryTransport(responses: [
            .success(Self.answer(Self.stored(owner: "u1"))), .success(Self.refusal(code, reason)),
            .success(Self.answer(Self.stored(owner: "u9", uid: "c2"))),
        ])
        #expect(await carryOut(.apply(Self.wanted), over: transport)?.reason == .conflict)
        let sent = try JSONValue(parsing: transport.requests[1].body.bytes ?? [])
        #expect(sent["metadata"]?["uid"] == "c1", "the server compares")
    }

    @Test func `what the server finds wrong with a child of ours is told as it is`() async {
        let ours = Self.answer(Self.stored(owner: "u1"))
        let transport = InMemoryTransport(responses: [
            .success(ours), .success(Self.refusal(422, "Invalid")), .success(ours),
        ])
        #expect(await carryOut(.apply(Self.wanted), over: transport)?.reason == .invalid)
    }

    @Test func `a patch holds for the object that was seen`() async {
        server[Self.path] = Self.stored(owner: "u1")
        #expect(await carryOut(.patch(Self.child, uid: "c1", ["data": ["k": "new"]])) == nil)
        #expect(server[Self.path]?["data"] == ["k": "new"])
        let other = Self.stored(owner: "u1", uid: "c2")
        server[Self.path] = other
        #expect(await carryOut(.patch(Self.child, uid: "c1", ["data": ["k": "newer"]]))?.reason == .conflict)
        #expect(server[Self.path] == other)
    }

    private static func entry(_ manager: String, _ operation: String, subresource: String? = nil) -> JSONValue {
        JSONValue(compacting: [
            "manager": .string(manager), "operation": .string(operation),
            "subresource": subresource.map { .string($0) },
        ])
    }

    /// The managed fields before and after; none: they are left alone.
    static let fields: [(before: [JSONValue], after: [JSONValue]?)] = [
        ([], nil),
        ([entry("aerie", "Apply"), entry("kubelet", "Update")], nil),
        ([entry("aerie", "Update", subresource: "status")], nil),
        (
            [entry("kubelet", "Update"), entry("aerie", "Update")],
            [entry("kubelet", "Update"), entry("aerie", "Apply")]
        ),
        ([entry("aerie", "Update"), entry("aerie", "Apply")], [entry("aerie", "Apply")]),
    ]

    @Test(arguments: fields)
    func `what was created counts as applied before it is applied to, so that fields go that are no longer wanted`(
        before: [JSONValue], after: [JSONValue]?
    ) async {
        server[Self.path] = Self.stored(owner: "u1", fields: before)
        #expect(await carryOut(.apply(Self.wanted)) == nil)
        #expect(writes.count == (after == nil ? 1 : 2))
        #expect(server[Self.path]?["metadata"]?["managedFields"] == .array(after ?? before))
    }
}
