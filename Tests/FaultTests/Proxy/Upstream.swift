import AsyncHTTPClient
import KubernetesClient
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport

/// The real API server, as the proxy reaches it.
final class Upstream: Sendable {
    private let client: HTTPClient
    private let server: String

    init(_ server: ControlPlane) throws {
        self.server = server.configuration.server
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file("\(server.directory)/ca.crt")
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4_000
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    /// Passes a request on as it came, under the sender's own token.
    func send(_ request: ProxiedRequest) async throws -> HTTPClientResponse {
        var forwarded = HTTPClientRequest(url: server + request.head.uri)
        forwarded.method = request.head.method
        forwarded.headers = request.head.headers
        for name in ["host", "connection", "transfer-encoding", "content-length"] {
            forwarded.headers.remove(name: name)
        }
        if request.body.readableBytes > 0 { forwarded.body = .bytes(request.body) }
        return try await client.execute(forwarded, deadline: .distantFuture)
    }
}
