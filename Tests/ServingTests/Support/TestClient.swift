import HTTPTransport
import KubernetesAPI
import Testing

/// A client of one server under test.
struct TestClient: Sendable {
    private let transport: AsyncHTTPTransport
    let server: String

    init(port: Int) throws {
        transport = try AsyncHTTPTransport()
        server = "http://127.0.0.1:\(port)"
    }

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { get throws { try JSONValue(parsing: body) } }
        /// The message of an error.
        var error: String { (try? json["error"]?.stringValue) ?? "no error but: \(text)" }
    }

    func send(_ method: HTTPRequest.Method, _ path: String, _ body: HTTPBody = .empty) async throws -> Answer {
        let response = try await transport.send(HTTPRequest(method, server + path, body: body))
        return Answer(
            status: response.status, headers: response.headers, body: try await response.collect(upTo: 256 << 20))
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    func predict(_ body: String, model: String = "zoo") async throws -> Answer {
        try await send(.post, "/v1/models/\(model):predict", HTTPBody(Array(body.utf8)))
    }

    /// Asks until the model is loaded.
    func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let answer = try? await get("/readyz"), answer.status == 200 { return }
            try #require(ContinuousClock.now < deadline, "the server at \(server) did not become ready")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
