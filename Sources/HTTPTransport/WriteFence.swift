import NIOCore
import NIOHTTP1

/// Asks for the last time before the socket whether this process may still change something.
///
/// ``FencedTransport`` asks before a request looks for a connection. A process that is stopped between that and the socket
/// would send the request when it goes on, so that head and body are asked about here once more. A server does nothing
/// about a request whose body does not come.
final class WriteFence: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private static let refusal = HTTPTransportError(.cancelled, "not sent to its end: this process no longer leads")

    private let mayWrite: @Sendable () -> Bool
    private let progress: NIOLoopBoundBox<Progress>

    private struct Progress {
        /// Whether the request on its way changes something.
        var isWrite = false
        /// Whether a part of it was held back.
        var isHeldBack = false
    }

    private init(_ mayWrite: @escaping @Sendable () -> Bool, on eventLoop: any EventLoop) {
        self.mayWrite = mayWrite
        progress = .makeBoxSendingValue(Progress(), eventLoop: eventLoop)
    }

    /// Puts a fence into a connection whose handlers for HTTP are there.
    static func add(to channel: any Channel, mayWrite: @escaping @Sendable () -> Bool) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
            try pipeline.addHandler(WriteFence(mayWrite, on: channel.eventLoop), position: .after(encoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            progress.value.isWrite = head.method != .GET && head.method != .HEAD
            fence(data, context: context, promise: promise)
        case .body: fence(data, context: context, promise: promise)
        // With a length announced, the server has all of the request by now.
        case .end where !progress.value.isHeldBack: context.write(data, promise: promise)
        case .end: promise?.fail(Self.refusal)
        }
    }

    private func fence(_ data: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard progress.value.isHeldBack || (progress.value.isWrite && !mayWrite()) else {
            context.write(data, promise: promise)
            return
        }
        promise?.fail(Self.refusal)
        guard !progress.value.isHeldBack else { return }
        progress.value.isHeldBack = true
        // The handler that writes hears of it when it is done with writing.
        let channel = context.channel
        context.eventLoop.execute {
            channel.pipeline.fireErrorCaught(Self.refusal)
            channel.close(promise: nil)
        }
    }
}
