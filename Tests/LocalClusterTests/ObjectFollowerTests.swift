import HTTPTransport
import KubernetesAPI
import KubernetesClient
import LocalCluster
import Logging
import Synchronization
import Testing

@Suite("Following objects", .timeLimit(.minutes(5)))
struct ObjectFollowerTests {
    private static func pod(_ name: String, _ version: Int, readable: Bool = true) -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "namespace": "ns", "uid": .string("uid-\(name)"),
                "resourceVersion": .string("\(version)"),
            ], "spec": readable ? [:] : "no object",
        ]
    }

    private static func list(_ objects: JSONValue...) -> Result<HTTPResponse, HTTPTransportError> {
        let list: JSONValue = ["metadata": ["resourceVersion": "5"], "items": .array(objects)]
        return .success(HTTPResponse(body: HTTPBody(list.serialized)))
    }

    private static func watch(_ events: (String, JSONValue)...) -> Result<HTTPResponse, HTTPTransportError> {
        let lines = events.flatMap { type, object in
            (["type": .string(type), "object": object] as JSONValue).serialized + [0x0A]
        }
        return .success(HTTPResponse(body: HTTPBody(lines)))
    }

    /// What is told while the server gives these answers.
    private func follow(_ answers: Result<HTTPResponse, HTTPTransportError>..., changes count: Int) async -> [String] {
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: ""), transport: InMemoryTransport(responses: answers))
        let follower = ObjectFollower<Pod>(
            client: client, selection: .everything, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let told = Mutex<[String]>([])
        let tell: @Sendable (ObjectFollower<Pod>.Change) -> Void = { change in
            let text =
                switch change {
                case .all(let pods, let unreadable): "all \(pods.map(\.metadata.name)) but \(unreadable.sorted())"
                case .changed(let pod): "changed \(pod.metadata.name)"
                case .deleted(let uid): "deleted \(uid)"
                }
            told.withLock { $0.append(text) }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await follower.run(tell) }
            while told.withLock({ $0.count }) < count { await Task.yield() }
            group.cancelAll()
        }
        return told.withLock { $0 }
    }

    @Test func `an object that can no longer be read is neither changed nor gone, until it is deleted`() async {
        let told = await follow(
            Self.list(Self.pod("a", 1), Self.pod("b", 2, readable: false)),
            Self.watch(
                ("MODIFIED", Self.pod("a", 6, readable: false)), ("DELETED", Self.pod("a", 7, readable: false)),
                ("DELETED", Self.pod("b", 8))),
            changes: 3)
        #expect(told == [#"all ["a"] but ["uid-b"]"#, "deleted uid-a", "deleted uid-b"])
    }

    @Test func `a new list leaves out what is unreadable, but does not let it go`() async {
        let expired: JSONValue = ["kind": "Status", "reason": "Expired", "code": 410, "message": "too old"]
        let told = await follow(
            Self.list(Self.pod("a", 1)), Self.watch(("ERROR", expired)), Self.list(Self.pod("a", 9, readable: false)),
            changes: 2)
        #expect(told == [#"all ["a"] but []"#, #"all [] but ["uid-a"]"#])
    }
}
