import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server on loopback that answers each request as the test's closure says.
struct LoopbackServer {
    /// What a request looked like from the outside.
    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: [UInt8]
    }

    /// What to write, in order.
    enum Step: Sendable {
        case head(status: Int, headers: [(String, String)] = [])
        case chunk(String)
        case pause(Duration)
        case end
        /// Closes the connection where it is.
        case cut
    }

    let port: Int

    /// Runs `body` while the server answers.
    static func run(
        _ answer: @escaping @Sendable (Request) async -> [Step], _ body: @Sendable (LoopbackServer) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let port = server.channel.localAddress?.port ?? 0
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await serve(connection, answer) }
                        }
                    }
                }
            }
            try await body(LoopbackServer(port: port))
            group.cancelAll()
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    private static func serve(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>,
        _ answer: @Sendable (Request) async -> [Step]
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let value): (head, body) = (value, [])
                case .body(let buffer): body += Array(buffer.readableBytesView)
                case .end:
                    guard let head else { return }
                    for step in await answer(Request(head: head, body: body)) {
                        switch step {
                        case .head(let status, let headers):
                            try await outbound.write(
                                .head(
                                    .init(version: .http1_1, status: .init(statusCode: status), headers: .init(headers))
                                ))
                        case .chunk(let text): try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
                        case .pause(let duration): try await Task.sleep(for: duration)
                        case .end: try await outbound.write(.end(nil))
                        case .cut: return
                        }
                    }
                }
            }
        }
    }
}
