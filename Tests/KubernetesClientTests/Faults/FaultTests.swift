import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Testing

/// What the client makes of answers that are not what one hopes for.
@Suite struct FaultTests {
    private static let configuration = ClientConfiguration(server: "https://server")

    private func client(_ responses: [Result<HTTPResponse, HTTPTransportError>]) -> KubernetesClient {
        KubernetesClient(configuration: Self.configuration, transport: InMemoryTransport(responses: responses))
    }

    private func answer(status: Int = 200, _ json: JSONValue) -> HTTPResponse {
        HTTPResponse(status: status, body: HTTPBody(json.serialized))
    }

    private func pod(_ name: String, version: String, phase: String = "Running") -> JSONValue {
        [
            "metadata": ["name": .string(name), "namespace": "ns", "resourceVersion": .string(version)],
            "status": ["phase": .string(phase)],
        ]
    }

    private func error(_ body: () async throws -> Void) async -> KubernetesError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? KubernetesError
        }
    }

    static let statuses: [(HTTPResponse, KubernetesError)] = [
        (
            HTTPResponse(
                status: 409,
                body: HTTPBody(
                    Array(#"{"kind":"Status","reason":"AlreadyExists","message":"pods \"a\" already exists"}"#.utf8))),
            KubernetesError(.alreadyExists, "get Pod ns/a: pods \"a\" already exists", code: 409)
        ),
        (
            HTTPResponse(status: 429, headers: ["Retry-After": "2"]),
            KubernetesError(
                .tooManyRequests, "get Pod ns/a: the server answered with HTTP status 429", code: 429,
                retryAfter: .seconds(2))
        ),
        (
            HTTPResponse(
                status: 500,
                body: HTTPBody(
                    Array(
                        #"{"kind":"Status","reason":"ServerTimeout","message":"m","code":500,"details":{"retryAfterSeconds":3}}"#
                            .utf8))),
            KubernetesError(.serverTimeout, "get Pod ns/a: m", code: 500, retryAfter: .seconds(3))
        ),
        (
            HTTPResponse(status: 502, body: HTTPBody(Array("<html>bad gateway".utf8))),
            KubernetesError(.internalError, "get Pod ns/a: the server answered with HTTP status 502", code: 502)
        ),
        (
            HTTPResponse(status: 418),
            KubernetesError(.unknown, "get Pod ns/a: the server answered with HTTP status 418", code: 418)
        ),
        (
            HTTPResponse(
                status: 422,
                body: HTTPBody(Array(#"{"kind":"Status","reason":"FromTheFuture","message":"m"}"#.utf8))),
            KubernetesError(.invalid, "get Pod ns/a: m", code: 422)
        ),
        (
            HTTPResponse(
                status: 422,
                body: HTTPBody(
                    Array(
                        #"{"kind":"Status","reason":"Invalid","message":"spec.a: \#(longText) is too long"}"#.utf8))),
            KubernetesError(
                .invalid,
                "get Pod ns/a: spec.a: \(longText.prefix(1_492)) … \(longText.suffix(488)) is too long", code: 422)
        ),
    ]

    /// Of more than a megabyte, as a server repeats it.
    private static let longText = String(repeating: "x", count: 2_000_000)

    @Test(arguments: statuses) func `a failure keeps the server's words and names the object`(
        response: HTTPResponse, expected: KubernetesError
    ) async {
        let client = client([.success(response)])
        #expect(
            await error { _ = try await client.get(Reference(Pod.resource, namespace: "ns", name: "a")) } == expected)
    }

    @Test func `no answer is unreachable`() async {
        let client = client([.failure(HTTPTransportError(.closed, "reset by peer"))])
        let failure = await error { _ = try await client.version() }
        #expect(failure == KubernetesError(.unreachable, "get the server's version: reset by peer"))
    }

    @Test func `an answer that is no JSON is undecodable`() async {
        let client = client([.success(HTTPResponse(body: HTTPBody(Array("oops".utf8))))])
        #expect(await error { _ = try await client.version() }?.reason == .undecodable)
    }

    @Test func `one bad object does not spoil a page`() async throws {
        var bad = pod("bad", version: "2")
        bad["status"] = ["phase": 7]
        let client = client([
            .success(
                answer([
                    "metadata": ["resourceVersion": "9"],
                    "items": [pod("a", version: "1"), bad, pod("c", version: "3", phase: "Failed")],
                ]))
        ])
        let list = try await client.list(Pod.self)
        #expect(list.items.map(\.metadata.name) == ["a", "c"])
        #expect(list.undecodable.map(\.reference.key.name) == ["bad"])
        #expect(list.undecodable.first?.resourceVersion == "2")
        #expect(list.undecodable.first?.problem.hasPrefix("status.phase: ") == true)
    }

    @Test func `a page that is too large is asked for again with fewer objects`() async throws {
        let huge = HTTPBody(length: 33 << 20, chunks: AsyncStream<[UInt8]> { $0.finish() })
        let transport = InMemoryTransport(responses: [
            .success(HTTPResponse(body: huge)),
            .success(answer(["metadata": ["resourceVersion": "5"], "items": [pod("a", version: "4")]])),
        ])
        let client = KubernetesClient(configuration: Self.configuration, transport: transport)
        #expect(try await client.list(Pod.self).items.map(\.metadata.name) == ["a"])
        #expect(
            transport.requests.map(\.url)
                == ["https://server/api/v1/pods?limit=500", "https://server/api/v1/pods?limit=62"])
    }

    /// An object that the server takes and our parser refuses, with all that could confuse a search for its end.
    private static let deep =
        #"{"metadata":{"name":"deep","namespace":"ns","uid":"u","resourceVersion":"7","managedFields":"#
        + String(repeating: #"[{"a":"#, count: 300) + #""}]\\\"]}{[\\""# + String(repeating: "}]", count: 300)
        + #"}, "status" : {"phase" : "x","y":[1 , -2.5e3,true,null,{}]} }"#

    @Test func `an object that is nested too deeply does not spoil a page`() async throws {
        let items = [pod("a", version: "1"), pod("b", version: "2")].map {
            String(decoding: $0.serialized, as: UTF8.self)
        }
        let text =
            #" { "kind":"PodList", "metadata" : {"resourceVersion":"9","continue":""},"items":[\#(items[0]) , \#(Self.deep)"#
            + ",\(items[1])]}\n"
        let client = client([.success(HTTPResponse(body: HTTPBody(Array(text.utf8))))])
        let list = try await client.list(Pod.self)
        #expect(list.items.map(\.metadata.name) == ["a", "b"])
        #expect(
            list.undecodable == [
                UndecodableObject(
                    reference: Reference(Pod.resource, namespace: "ns", name: "deep"), uid: "u", resourceVersion: "7",
                    problem: "nested deeper than 256 levels")
            ])
        #expect(list.resourceVersion == "9")
    }

    @Test func `an object that is nested too deeply does not end a watch, and its end is told`() async throws {
        let lines = ["ADDED", "DELETED"].map { Array(#"{"type":"\#($0)","object":\#(Self.deep)}"#.utf8) + [0x0A] }
        var events: [WatchEvent<Pod>] = []
        for try await event in try await watch(lines + [line("ADDED", pod("a", version: "8"))]) { events.append(event) }
        #expect(events.map(describe) == ["?deep", "?deep", "+a"])
        #expect(events.map(\.resourceVersion) == ["7", "7", "8"])
        let ends = events.compactMap { if case .undecodable(let object) = $0 { object.isDeleted } else { nil } }
        #expect(ends == [false, true])
    }

    @Test func `a document that takes too long is given up, wherever it is`() async {
        let never = HTTPBody(length: nil, chunks: AsyncStream<[UInt8]> { _ in })
        let client = client([.success(HTTPResponse(body: never))])
        let request = KubernetesRequest(.get, path: "/x", subject: "get /x")
        let failure = await error { _ = try await client.document(request, within: .milliseconds(50)) }
        #expect(failure == KubernetesError(.unreachable, "get /x: no answer within 0.05 seconds"))
    }

    @Test func `clients that share a limiter send no more than its rate allows, together`() async {
        let transport = InMemoryTransport { _ throws(HTTPTransportError) in HTTPResponse() }
        let limiter = RateLimiter(RateLimit(requestsPerSecond: 0.001, burst: 3))
        let clients = (0..<2).map { _ in
            KubernetesClient(configuration: Self.configuration, transport: transport, limiter: limiter)
        }
        await withTaskGroup(of: Void.self) { group in
            for client in clients { for _ in 0..<5 { group.addTask { _ = try? await client.raw("/x") } } }
            for _ in 0..<3 { await group.next() }
            group.cancelAll()
        }
        #expect(transport.requests.count == 3)
    }

    @Test func `a list whose pages expire is read at once`() async throws {
        let gone: JSONValue = ["kind": "Status", "reason": "Expired", "message": "too old", "code": 410]
        let transport = InMemoryTransport(responses: [
            .success(
                answer(["metadata": ["resourceVersion": "1", "continue": "t"], "items": [pod("a", version: "1")]])),
            .success(answer(status: 410, gone)),
            .success(answer(["metadata": ["resourceVersion": "5"], "items": [pod("b", version: "4")]])),
        ])
        let client = KubernetesClient(configuration: Self.configuration, transport: transport)
        let list = try await client.list(Pod.self)
        #expect(list.items.map(\.metadata.name) == ["b"])
        #expect(list.resourceVersion == "5")
        #expect(transport.requests.last?.url == "https://server/api/v1/pods")
    }

    /// A watch whose bytes arrive in these chunks.
    private func watch(_ chunks: [[UInt8]], end: HTTPTransportError? = nil) async throws -> WatchStream<Pod> {
        let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish(throwing: end)
        }
        return try await client([.success(HTTPResponse(body: HTTPBody(length: nil, chunks: stream)))])
            .watch(Pod.self, resourceVersion: "1")
    }

    private func line(_ type: String, _ object: JSONValue) -> [UInt8] {
        (["type": .string(type), "object": object] as JSONValue).serialized + [0x0A]
    }

    private func describe(_ event: WatchEvent<Pod>) -> String {
        switch event {
        case .added(let pod): "+\(pod.metadata.name)"
        case .modified(let pod): "~\(pod.metadata.name)"
        case .deleted(let pod): "-\(pod.metadata.name)"
        case .bookmark(let version), .known(let version): "@\(version)"
        case .undecodable(let object): "?\(object.reference.key.name)"
        }
    }

    @Test(arguments: [1, 2, 3, 7, 64, 4_096]) func `chunks may end anywhere`(size: Int) async throws {
        var annotated = pod("b", version: "3")
        annotated["metadata"]?["annotations"] = ["text": "one\u{2028}two\u{2029}three\u{85}four"]
        let bytes =
            line("ADDED", pod("a", version: "2")) + line("MODIFIED", annotated) + [0x0A]
            + line("BOOKMARK", ["metadata": ["resourceVersion": "8"]]) + line("DELETED", pod("a", version: "9"))
        let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        var events: [String] = []
        var versions: [String] = []
        for try await event in try await watch(chunks) {
            events.append(describe(event))
            versions.append(event.resourceVersion)
            if case .modified(let pod) = event {
                #expect(pod.metadata.annotations["text"] == "one\u{2028}two\u{2029}three\u{85}four")
            }
        }
        #expect(events == ["+a", "~b", "@8", "-a"])
        #expect(versions == ["2", "3", "8", "9"])
    }

    @Test func `a line that is cut off by the end of the stream is not an event`() async throws {
        let whole = line("ADDED", pod("a", version: "2"))
        var events: [String] = []
        for try await event in try await watch([whole, Array(whole.dropLast(5))]) { events.append(describe(event)) }
        #expect(events == ["+a"])
    }

    @Test func `an expired version in the stream is an error after the events before it`() async throws {
        let status: JSONValue = ["kind": "Status", "reason": "Expired", "message": "too old", "code": 410]
        var events: [String] = []
        let stream = try await watch([line("ADDED", pod("a", version: "2")) + line("ERROR", status)])
        let failure = await error { for try await event in stream { events.append(describe(event)) } }
        #expect(events == ["+a"])
        #expect(failure == KubernetesError(.expired, "watch Pod: too old", code: 410))
    }

    @Test func `a reset is an error after the events before it`() async throws {
        let stream = try await watch([line("ADDED", pod("a", version: "2"))], end: HTTPTransportError(.closed, "reset"))
        var events: [String] = []
        let failure = await error { for try await event in stream { events.append(describe(event)) } }
        #expect(events == ["+a"])
        #expect(failure?.reason == .unreachable)
    }

    @Test func `an event with a bad object is told and the watch goes on`() async throws {
        var bad = pod("bad", version: "2")
        bad["status"] = "?"
        var events: [String] = []
        for try await event in try await watch([line("MODIFIED", bad) + line("ADDED", pod("a", version: "3"))]) {
            events.append(describe(event))
        }
        #expect(events == ["?bad", "+a"])
    }

    @Test func `a line that never ends is refused`() async throws {
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let stream = try await watch(Array(repeating: chunk, count: 20))
        #expect(await error { for try await _ in stream {} }?.reason == .undecodable)
    }

    @Test(arguments: ["[]", "{}", "{\"type\":\"ADDED\"}", "{\"type\":\"NEW\",\"object\":{}}", "garbage"])
    func `a line that is no event is refused`(text: String) async throws {
        let stream = try await watch([Array("\(text)\n".utf8)])
        #expect(await error { for try await _ in stream {} }?.reason == .undecodable)
    }

    @Test func `every answer is told to the observer`() async {
        let seen = Seen()
        let transport = InMemoryTransport(responses: [
            .success(HTTPResponse(status: 404)), .failure(HTTPTransportError(.timedOut, "")),
        ])
        let client = KubernetesClient(configuration: Self.configuration, transport: transport) {
            seen.add("\($0.rawValue) \($1)")
        }
        for _ in 0..<2 { _ = try? await client.raw("/x") }
        #expect(seen.all == ["GET 404", "GET 0"])
    }
}
