import HTTPTransport
import NIOHTTP1
import Synchronization
import Testing

/// The fence right before the socket: a request of which it holds a part back is none for the server.
@Suite(.timeLimit(.minutes(1))) struct WriteFenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method: HTTPRequest.Method
        var body: HTTPBody = HTTPBody(Array("12345".utf8))
        /// Parts of the request after which the fence closes.
        var open: Int
        var isAnswered: Bool
    }

    static let rows = [
        Row(testDescription: "an open fence lets a write through", method: .post, open: .max, isAnswered: true),
        Row(testDescription: "a closed one holds the head back", method: .post, open: 0, isAnswered: false),
        Row(testDescription: "it closes after the head", method: .put, open: 1, isAnswered: false),
        Row(testDescription: "it closes after the body, when all is sent", method: .patch, open: 2, isAnswered: true),
        Row(testDescription: "a write without a body", method: .delete, body: .empty, open: 0, isAnswered: false),
        Row(testDescription: "reads pass a closed fence", method: .get, body: .empty, open: 0, isAnswered: true),
    ]

    @Test(arguments: rows) func fence(row: Row) async throws {
        let asked = Mutex(0)
        let arrived = Mutex<[String]>([])
        try await LoopbackServer.run { request in
            arrived.withLock { $0.append(request.head.method.rawValue) }
            return [.head(status: 200), .end]
        } _: { server in
            let transport = try AsyncHTTPTransport(mayWrite: {
                asked.withLock { count in
                    count += 1
                    return count <= row.open
                }
            })
            var isAnswered = true
            do throws(HTTPTransportError) {
                _ = try await transport.send(HTTPRequest(row.method, server.url, body: row.body))
            } catch {
                isAnswered = false
            }
            #expect(isAnswered == row.isAnswered)
            // The connection of before is closed; another one works.
            #expect(try await transport.send(HTTPRequest(.get, server.url)).status == 200)
        }
        #expect(arrived.withLock { $0 } == (row.isAnswered ? [row.method.rawValue, "GET"] : ["GET"]))
    }
}
