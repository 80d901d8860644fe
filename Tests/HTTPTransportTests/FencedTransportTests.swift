import HTTPTransport
import Synchronization
import Testing

/// A fence below the retries: what a process writes stops with its time, though it was asked for before.
@Suite struct FencedTransportTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method: HTTPRequest.Method
        /// Attempts after which the fence closes; 0 is closed from the start.
        var open: Int
        /// Attempts that reach the server, of three that fail before a fourth succeeds.
        var sent: Int
        /// The fourth one's; `nil` when the fence ended the attempts.
        var status: Int?
    }

    static let rows = [
        Row(testDescription: "a write is tried until it succeeds", method: .put, open: 4, sent: 4, status: 200),
        Row(testDescription: "a fence that closes between two attempts ends them", method: .put, open: 2, sent: 2),
        Row(testDescription: "it closes for the last attempt, too", method: .post, open: 3, sent: 3),
        Row(testDescription: "behind a closed fence nothing is written", method: .delete, open: 0, sent: 0),
        Row(testDescription: "a patch is a write", method: .patch, open: 1, sent: 1),
        Row(testDescription: "reads go on behind a closed fence", method: .get, open: 0, sent: 4, status: 200),
    ]

    @Test(arguments: rows) func fence(row: Row) async {
        let attempts = Mutex(0)
        let server = InMemoryTransport { _ throws(HTTPTransportError) in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            // Nothing was done, so that every method may be sent again.
            guard attempt > 3 else { throw HTTPTransportError(.unreachable, "refused") }
            return HTTPResponse(status: 200)
        }
        let fenced = FencedTransport(server) { attempts.withLock { $0 } < row.open }
        let retrying = RetryingTransport(fenced, policy: RetryPolicy(attempts: 10, baseDelay: .zero))
        let result: Result<HTTPResponse, HTTPTransportError>
        do throws(HTTPTransportError) {
            result = .success(try await retrying.send(HTTPRequest(row.method, "http://a/")))
        } catch {
            result = .failure(error)
        }
        #expect(server.requests.count == row.sent)
        switch result {
        case .success(let response): #expect(response.status == row.status)
        case .failure(let error): #expect(error.code == .cancelled && row.status == nil, "\(error)")
        }
    }

    @Test func `a fence that opens again lets writes through`() async throws {
        let server = InMemoryTransport { _ throws(HTTPTransportError) in HTTPResponse(status: 201) }
        let isOpen = Mutex(false)
        let fenced = FencedTransport(server) { isOpen.withLock { $0 } }
        await #expect(throws: HTTPTransportError.self) { try await fenced.send(HTTPRequest(.post, "http://a/")) }
        isOpen.withLock { $0 = true }
        #expect(try await fenced.send(HTTPRequest(.post, "http://a/")).status == 201)
        #expect(server.requests.count == 1)
    }
}
