import HTTPTransport
import KubernetesAPI
import Synchronization

/// Passes every request on, and remembers those that the account's role does not allow.
final class RightsWitness: HTTPTransport {
    private let base: AsyncHTTPTransport
    private let seen = Mutex<[String]>([])

    /// One sentence for each refusal, in the server's words.
    var refusals: [String] { seen.withLock { $0 } }

    init(_ base: AsyncHTTPTransport) { self.base = base }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        var response = try await base.send(request)
        guard response.status == 403 else { return response }
        let bytes = try await response.collect(upTo: 1 << 20)
        response.body = HTTPBody(bytes)
        let message = (try? JSONValue(parsing: bytes))?["message"]?.stringValue ?? ""
        // Quotas and admission answer with the same code; only missing rights name the user.
        if message.contains("User \"system:serviceaccount:") {
            seen.withLock { $0.append("\(request.method.rawValue) \(request.url): \(message)") }
        }
        return response
    }
}
