import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

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
        /// So many chunks of 64 KiB, each as soon as the connection takes it, counted as they go out.
        case flood(chunks: Int, sent: Counter)
        case pause(TimeAmount)
        case end
        /// Closes the connection where it is.
        case cut
    }

    /// How much a server could send.
    final class Counter: Sendable {
        private let chunks = Mutex(0)

        var value: Int { chunks.withLock { $0 } }

        func increment() { chunks.withLock { $0 += 1 } }
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
    /// What is left to do once the connection takes more.
    private var held: ArraySlice<LoopbackServer.Step> = []

    init(_ answer: @escaping @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step]) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = LoopbackServer.Request(head: head, body: [])
        case .body(let buffer): request?.body += Array(buffer.readableBytesView)
        case .end:
            if let request { play(answer(request)[...], on: context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, !held.isEmpty else { return }
        let steps = held
        held = []
        play(steps, on: context)
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
            case .flood(let chunks, let sent):
                let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 65_536)
                var left = chunks
                while left > 0, context.channel.isWritable {
                    left -= 1
                    sent.increment()
                    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(chunk))), promise: nil)
                }
                guard left == 0 else {
                    held = [.flood(chunks: left, sent: sent)] + rest
                    return
                }
            case .end: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .cut:
                context.close(promise: nil)
                return
            }
        }
    }
}
