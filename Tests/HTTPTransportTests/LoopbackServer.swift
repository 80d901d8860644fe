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

    /// What to do on the connection, in order.
    enum Step: Sendable {
        case head(status: Int, headers: [(String, String)] = [])
        case chunk(String)
        case pause(TimeAmount)
        case end
        /// Closes the connection where it is.
        case cut
    }

    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` while the server answers.
    static func run(
        _ answer: @escaping @Sendable (Request) -> [Step], _ body: @Sendable (LoopbackServer) async throws -> Void
    ) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answering(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(LoopbackServer(port: channel.localAddress?.port ?? 0))
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

/// Collects one request after the other and plays the steps of its answer.
private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step]
    private var request: LoopbackServer.Request?

    init(_ answer: @escaping @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step]) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = LoopbackServer.Request(head: head, body: [])
        case .body(let buffer): request?.body += Array(buffer.readableBytesView)
        case .end:
            if let request { play(answer(request)[...], on: context) }
        }
    }

    private func play(_ steps: ArraySlice<LoopbackServer.Step>, on context: ChannelHandlerContext) {
        var rest = steps
        while let step = rest.popFirst() {
            switch step {
            case .head(let status, let headers):
                let head = HTTPResponseHead(
                    version: .http1_1, status: .init(statusCode: status), headers: .init(headers))
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            case .chunk(let text):
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            case .pause(let time):
                context.eventLoop.assumeIsolated().scheduleTask(in: time) { [rest] in self.play(rest, on: context) }
                return
            case .end: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .cut:
                context.close(promise: nil)
                return
            }
        }
    }
}
