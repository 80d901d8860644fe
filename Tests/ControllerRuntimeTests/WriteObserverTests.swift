import ControllerRuntime
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Synchronization
import Testing

/// Every write that took effect is told once, whatever became of its answer; and who no longer leads writes nothing.
@Suite struct WriteObserverTests {
    private final class Log: WriteObserver {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func wroteStatus(of metadata: ObjectMeta, from old: JSONValue, to new: JSONValue) {
            lines.withLock { $0.append("\(metadata.name): \(old) to \(new)") }
        }

        func deleted(_ reference: Reference) { lines.withLock { $0.append("deleted \(reference.key)") } }
    }

    private let log = Log()
    private static let child = Reference(ConfigMap.resource, namespace: "ns", name: "child")
    private static let ok = HTTPResponse(body: HTTPBody(Array("{}".utf8)))

    private static func answer(_ code: Int, _ reason: String) -> Result<HTTPResponse, HTTPTransportError> {
        let body: JSONValue = ["kind": "Status", "reason": .string(reason), "message": "m", "code": JSONValue(code)]
        return .success(HTTPResponse(status: code, body: HTTPBody(body.serialized)))
    }

    private func executor(
        _ transport: InMemoryTransport, mayWrite: @escaping @Sendable () -> Bool = { true }
    ) -> PlanExecutor {
        PlanExecutor(
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
            events: EventLog(), stores: WriteThrough(), observer: log, mayWrite: mayWrite)
    }

    private func widget(_ version: String, _ phase: JSONValue) -> Widget {
        Widget(
            metadata: ObjectMeta(name: "w", namespace: "ns", uid: "u1", resourceVersion: version), spec: nil,
            status: ["phase": phase])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: Result<HTTPResponse, HTTPTransportError>
        /// The object as it is seen next: its version and phase.
        var next: (version: String, phase: JSONValue)
        var times: Int
    }

    static let rows = [
        Row(testDescription: "an answer that came", answer: .success(ok), next: ("8", "New"), times: 1),
        Row(
            testDescription: "an answer that was lost, of a write that took effect",
            answer: .failure(HTTPTransportError(.timedOut, "lost")), next: ("8", "New"), times: 1),
        Row(
            testDescription: "a conflict with our own first attempt", answer: answer(409, "Conflict"),
            next: ("8", "New"), times: 1),
        Row(
            testDescription: "a conflict with someone else", answer: answer(409, "Conflict"), next: ("8", "Old"),
            times: 0),
        Row(
            testDescription: "an answer that was lost, and the store lags behind",
            answer: .failure(HTTPTransportError(.timedOut, "lost")), next: ("7", "Old"), times: 0),
        Row(
            testDescription: "a refusal, though someone else wrote the same", answer: answer(403, "Forbidden"),
            next: ("8", "New"), times: 0),
    ]

    @Test(arguments: rows) func `a status that was written is told once`(row: Row) async throws {
        let transport = InMemoryTransport(responses: [row.answer])
        let executor = executor(transport)
        try? await executor.execute(Plan(status: ["phase": "New"]), for: widget("7", "Old"))
        let next = widget(row.next.version, row.next.phase)
        // However often it is looked at.
        for _ in 0..<3 { try await executor.execute(.nothing, for: next) }
        let told = #"w: {"phase":"Old"} to {"phase":"New"}"#
        #expect(log.all == Array(repeating: told, count: row.times))
    }

    @Test func `what the store did not know yet is told as soon as it does`() async throws {
        let executor = executor(InMemoryTransport(responses: [.failure(HTTPTransportError(.timedOut, "lost"))]))
        try? await executor.execute(Plan(status: ["phase": "New"]), for: widget("7", "Old"))
        try await executor.execute(.nothing, for: widget("7", "Old"))
        #expect(log.all.isEmpty)
        try await executor.execute(.nothing, for: widget("8", "New"))
        #expect(log.all.count == 1)
    }

    @Test func `a deletion is told when there was something to delete`() async throws {
        let executor = executor(InMemoryTransport(responses: [.success(Self.ok), Self.answer(404, "NotFound")]))
        let plan = Plan(actions: [.delete(Self.child, uid: "u2")])
        for _ in 0..<2 { try await executor.execute(plan, for: widget("7", "Old")) }
        #expect(log.all == ["deleted ns/child"])
    }

    @Test(arguments: 0...5)
    func `a process that no longer leads writes nothing more`(writes: Int) async {
        let child: JSONValue = [
            "metadata": ["uid": "u2", "ownerReferences": [["uid": "u1", "controller": true]]]
        ]
        let ours = HTTPResponse(body: HTTPBody(child.serialized))
        let transport = InMemoryTransport { $0.method == .get ? ours : Self.ok }
        let plan = Plan(
            status: ["phase": "New"],
            actions: [
                .create(Manifest(Self.child, [:])), .apply(Manifest(Self.child, ["data": ["k": "v"]])),
                .patch(Self.child, uid: "u2", ["data": ["k": "w"]]), .delete(Self.child, uid: "u2"),
            ])
        // Paused after some writes, for so long that another leads when it goes on.
        let executor = executor(transport) { transport.requests.count < writes }
        await #expect(throws: KubernetesError.self) { try await executor.execute(plan, for: widget("7", "Old")) }
        #expect(transport.requests.count == writes)
    }
}
