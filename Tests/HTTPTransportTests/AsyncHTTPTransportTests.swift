import HTTPTransport
import NIOHTTP1
import NIOCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct AsyncHTTPTransportTests {
    private func code(_ body: () async throws -> Void) async -> HTTPTransportError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? HTTPTransportError)?.code
        }
    }

    @Test func `method, headers and body arrive and the answer comes back`() async throws {
        try await LoopbackServer.run { request in
            let said = "\(request.head.method) \(request.head.uri) \(String(decoding: request.body, as: UTF8.self))"
            return [.head(status: 201, headers: [("X-Kind", "echo")]), .chunk(said), .end]
        } _: { server in
            let transport = try AsyncHTTPTransport()
            let response = try await transport.send(
                HTTPRequest(.put, "\(server.url)/a?b=c", body: HTTPBody(Array("hello".utf8))))
            #expect(response.status == 201)
            #expect(response.headers["x-kind"] == "echo")
            #expect(String(decoding: try await response.collect(upTo: 100), as: UTF8.self) == "PUT /a?b=c hello")
        }
    }

    @Test func `a streamed body is sent with its length`() async throws {
        try await LoopbackServer.run { request in
            let length = request.head.headers.first(name: "content-length") ?? "none"
            return [.head(status: 200), .chunk("\(length) \(request.body.count)"), .end]
        } _: { server in
            let chunks = AsyncStream<[UInt8]> { continuation in
                for _ in 0..<64 { continuation.yield(Array(repeating: 7, count: 65_536)) }
                continuation.finish()
            }
            let body = HTTPBody(length: 64 * 65_536, chunks: chunks)
            let response = try await AsyncHTTPTransport().send(HTTPRequest(.put, server.url, body: body))
            #expect(String(decoding: try await response.collect(upTo: 100), as: UTF8.self) == "4194304 4194304")
        }
    }

    @Test func `chunks arrive before the response ends`() async throws {
        try await LoopbackServer.run { _ in
            [.head(status: 200), .chunk("one"), .pause(.seconds(30)), .chunk("two"), .end]
        } _: { server in
            let response = try await AsyncHTTPTransport().send(HTTPRequest(.get, server.url))
            var chunks = response.body.makeAsyncIterator()
            #expect(try await chunks.next() == Array("one".utf8))
        }
    }

    @Test func `a reader that is slow slows the server down instead of filling the memory`() async throws {
        let sent = LoopbackServer.Counter()
        let chunks = 1_024
        try await LoopbackServer.run { _ in
            [.head(status: 200), .flood(chunks: chunks, sent: sent), .end]
        } _: { server in
            let response = try await AsyncHTTPTransport().send(HTTPRequest(.get, server.url))
            var reader = response.body.makeAsyncIterator()
            var read = try await reader.next()?.count ?? 0
            // The server stops by itself once the buffers of both sides are full.
            var before = -1
            while sent.value != before {
                before = sent.value
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(sent.value < chunks / 2, "\(sent.value) of \(chunks) chunks are on their way")
            while let chunk = try await reader.next() { read += chunk.count }
            #expect(read == chunks * 65_536)
        }
    }

    @Test func `more bytes than asked for are refused`() async throws {
        try await LoopbackServer.run { _ in
            [.head(status: 200), .chunk(String(repeating: "x", count: 1_000)), .end]
        } _: { server in
            let response = try await AsyncHTTPTransport().send(HTTPRequest(.get, server.url))
            #expect(await code { _ = try await response.collect(upTo: 999) } == .tooLarge)
        }
    }

    @Test(arguments: [0, 1, 49, 50, 51, 200]) func `a connection that breaks off is an error, not an end`(
        milliseconds: Int64
    ) async throws {
        try await LoopbackServer.run { _ in
            [.head(status: 200, headers: [("content-length", "10")]), .chunk("half"), .pause(.milliseconds(50)), .cut]
        } _: { server in
            let response = try await AsyncHTTPTransport().send(HTTPRequest(.get, server.url))
            // Whether someone waits for bytes when the connection breaks makes a difference inside the library.
            try await Task.sleep(for: .milliseconds(milliseconds))
            #expect(await code { _ = try await response.collect(upTo: 100) } == .closed)
        }
    }

    @Test func `a server that says nothing is given up after the timeout`() async throws {
        try await LoopbackServer.run { _ in
            [.pause(.seconds(30))]
        } _: { server in
            let transport = try AsyncHTTPTransport()
            let request = HTTPRequest(.get, server.url, timeout: .milliseconds(100))
            #expect(await code { _ = try await transport.send(request) } == .timedOut)
        }
    }

    @Test func `a response that goes silent is given up after the idle time`() async throws {
        try await LoopbackServer.run { _ in
            [.head(status: 200), .chunk("a"), .pause(.seconds(30))]
        } _: { server in
            let transport = try AsyncHTTPTransport(maximumIdleTime: .milliseconds(500))
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(await code { _ = try await response.collect(upTo: 100) } == .timedOut)
        }
    }

    @Test func `a response that may be idle is waited for`() async throws {
        try await LoopbackServer.run { _ in
            [.head(status: 200), .chunk("a"), .pause(.milliseconds(400)), .chunk("b"), .end]
        } _: { server in
            let transport = try AsyncHTTPTransport(maximumIdleTime: .milliseconds(100))
            let response = try await transport.send(HTTPRequest(.get, server.url, mayBeIdle: true))
            #expect(try await response.collect(upTo: 100) == Array("ab".utf8))
        }
    }

    @Test func `nobody listening is unreachable`() async throws {
        let transport = try AsyncHTTPTransport()
        #expect(await code { _ = try await transport.send(HTTPRequest(.get, "http://127.0.0.1:1/")) } == .unreachable)
    }

    @Test func `cancelling the task cancels the request`() async throws {
        try await LoopbackServer.run { _ in
            [.pause(.seconds(30))]
        } _: { server in
            let transport = try AsyncHTTPTransport()
            let outcome = await withTaskGroup(of: HTTPTransportError.Code?.self) { group in
                group.addTask { await code { _ = try await transport.send(HTTPRequest(.get, server.url)) } }
                try? await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(outcome == .cancelled)
        }
    }

    @Test(arguments: ["", "not a url", "ftp://127.0.0.1/"]) func `other URLs are refused`(url: String) async throws {
        let transport = try AsyncHTTPTransport()
        #expect(await code { _ = try await transport.send(HTTPRequest(.get, url)) } == .invalid)
    }

    @Test func `a redirect is followed when asked for, without credentials on another host`() async throws {
        let seen = Mutex<[String]>([])
        try await LoopbackServer.run { request in
            seen.withLock {
                $0.append("\(request.head.uri) \(request.head.headers.first(name: "authorization") ?? "-")")
            }
            return switch request.head.uri {
            case "/same": [.head(status: 307, headers: [("location", "/other")]), .end]
            case "/other":
                [
                    .head(
                        status: 302,
                        headers: [
                            ("location", "http://localhost:\(request.head.headers.first(name: "x-port") ?? "")/end")
                        ]),
                    .end,
                ]
            default: [.head(status: 200), .end]
            }
        } _: { server in
            var request = HTTPRequest(
                .get, "\(server.url)/same",
                headers: ["Authorization": "Bearer x", "X-Port": "\(server.port)"])
            let transport = try AsyncHTTPTransport()
            #expect(try await transport.send(request).status == 307)
            request.followsRedirects = true
            #expect(try await transport.send(request).status == 200)
            #expect(seen.withLock { $0 } == ["/same Bearer x", "/same Bearer x", "/other Bearer x", "/end -"])
        }
    }

    @Test func `a redirect in a circle is an error`() async throws {
        try await LoopbackServer.run { _ in
            [.head(status: 302, headers: [("location", "/")]), .end]
        } _: { server in
            let transport = try AsyncHTTPTransport()
            let request = HTTPRequest(.get, server.url, followsRedirects: true)
            #expect(await code { _ = try await transport.send(request) } == .redirect)
        }
    }

    @Test func `certificates that are no PEM are refused before anything is sent`() async {
        let tls = TLSOptions(trustRoots: .pem(Array("nonsense".utf8)))
        #expect(await code { _ = try AsyncHTTPTransport(tls: tls) } == .invalid)
    }
}
