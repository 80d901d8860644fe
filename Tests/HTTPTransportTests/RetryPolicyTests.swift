import HTTPTransport
import Testing

@Suite struct RetryPolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method = HTTPRequest.Method.get
        var outcome: RetryPolicy.Outcome
        var attempt = 1
        var delay: Duration?
    }

    static let closed = HTTPTransportError(.closed, "reset")
    static let refused = HTTPTransportError(.unreachable, "refused")

    static let rows = [
        Row(testDescription: "a success is final", outcome: .status(200, retryAfter: nil)),
        Row(testDescription: "a missing object is final", outcome: .status(404, retryAfter: nil)),
        Row(
            testDescription: "429 waits as long as the server says", method: .post,
            outcome: .status(429, retryAfter: .seconds(3)), delay: .seconds(3)),
        Row(
            testDescription: "a Retry-After beyond the limit is left to the caller",
            outcome: .status(429, retryAfter: .seconds(11))),
        Row(
            testDescription: "429 without Retry-After backs off", method: .patch,
            outcome: .status(429, retryAfter: nil), delay: .milliseconds(125)),
        Row(
            testDescription: "503 of a GET waits as long as the server says",
            outcome: .status(503, retryAfter: .seconds(1)), delay: .seconds(1)),
        Row(
            testDescription: "503 of a POST may have done something", method: .post,
            outcome: .status(503, retryAfter: .seconds(1))),
        Row(
            testDescription: "a PUT is sent again after a bad gateway", method: .put,
            outcome: .status(502, retryAfter: nil), delay: .milliseconds(125)),
        Row(
            testDescription: "a refused connection did nothing, even for a POST", method: .post,
            outcome: .error(refused), delay: .milliseconds(125)),
        Row(testDescription: "a reset of a POST may have done something", method: .post, outcome: .error(closed)),
        Row(testDescription: "a reset of a GET is tried again", outcome: .error(closed), delay: .milliseconds(125)),
        Row(
            testDescription: "the second delay may be twice as long", outcome: .error(closed), attempt: 2,
            delay: .milliseconds(250)),
        Row(testDescription: "delays have a limit", outcome: .error(closed), attempt: 9, delay: .seconds(5)),
        Row(testDescription: "the last attempt is the last", outcome: .error(closed), attempt: 10),
        Row(testDescription: "wrong certificates stay wrong", outcome: .error(HTTPTransportError(.tls, "expired"))),
        Row(
            testDescription: "a cancelled request stays cancelled", outcome: .error(HTTPTransportError(.cancelled, ""))),
    ]

    @Test(arguments: rows) func delay(row: Row) {
        let policy = RetryPolicy(attempts: 10, baseDelay: .milliseconds(250), maximumDelay: .seconds(10))
        #expect(policy.delay(after: row.outcome, of: row.method, attempt: row.attempt, random: 0.5) == row.delay)
    }

    @Test func `a request is sent until it succeeds`() async throws {
        let transport = InMemoryTransport(responses: [
            .failure(Self.refused), .success(HTTPResponse(status: 503)), .success(HTTPResponse(status: 201)),
        ])
        let retrying = RetryingTransport(transport, policy: RetryPolicy(baseDelay: .milliseconds(1)), random: { 1 })
        let response = try await retrying.send(HTTPRequest(.get, "http://a/"))
        #expect(response.status == 201)
        #expect(transport.requests.count == 3)
    }

    @Test func `what the last attempt said is the answer`() async throws {
        let transport = InMemoryTransport { _ in HTTPResponse(status: 503) }
        let policy = RetryPolicy(attempts: 2, baseDelay: .zero)
        let response = try await RetryingTransport(transport, policy: policy).send(HTTPRequest(.get, "http://a/"))
        #expect(response.status == 503)
        #expect(transport.requests.count == 2)
    }
}
