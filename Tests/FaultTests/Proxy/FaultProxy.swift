import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TestSupport

/// Stands between controllers and the API server, with the server's own certificate, and does to requests what
/// ``Interference`` says.
///
/// Answers are passed on chunk by chunk as they come, so that watches stay live; a connection that the controller closes
/// ends its watch at the server.
struct FaultProxy {
    let url: String

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let upstream: Upstream
    private let interference: Interference

    /// Runs `body` while the proxy serves.
    static func run<Result: Sendable>(
        before server: ControlPlane, _ interference: Interference,
        _ body: @Sendable (FaultProxy) async throws -> Result
    ) async throws -> Result {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile("\(server.directory)/server.crt")
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(server.directory)/server.key", format: .pem)))
        tls.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: tls)
        let port = try ControlPlane.freePorts(1)[0]
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .bind(host: "127.0.0.1", port: Int(port)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try pipeline.configureHTTPServerPipeline()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        let proxy = FaultProxy(
            url: "https://127.0.0.1:\(port)", upstream: try Upstream(server), interference: interference)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await proxy.serve(listener) }
            defer { group.cancelAll() }
            return try await body(proxy)
        }
    }

    private func serve(_ listener: NIOAsyncChannel<Connection, Never>) async throws {
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections { group.addTask { await serve(connection) } }
            }
        }
    }

    /// Answers the requests of one connection until either side ends it.
    private func serve(_ connection: Connection) async {
        // However a connection breaks, only its own requests are over.
        try? await connection.executeThenClose { inbound, outbound in
            var request: ProxiedRequest?
            for try await part in inbound {
                switch part {
                case .head(let head): request = ProxiedRequest(head: head, body: ByteBuffer())
                case .body(var bytes): request?.body.writeBuffer(&bytes)
                case .end:
                    guard let whole = request else { return }
                    if whole.isWrite, let namespace = whole.namespace {
                        guard try await answer(whole, in: namespace, to: outbound) else { return }
                    } else {
                        try await read(whole, connection.channel, to: outbound)
                    }
                }
            }
        }
    }

    /// Passes on what changes nothing, and gives it up when the controller does: watches would go on for long.
    private func read(
        _ request: ProxiedRequest, _ channel: any Channel,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        let (closed, close) = AsyncStream.makeStream(of: Void.self)
        channel.closeFuture.whenComplete { _ in close.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pass(try await upstream.send(request), to: outbound) }
            group.addTask { for await _ in closed {} }
            try await group.next()
            group.cancelAll()
        }
    }

    /// - Returns: whether the connection goes on.
    private func answer(
        _ request: ProxiedRequest, in namespace: String,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        switch await interference.decide(on: request, in: namespace) {
        case .pass: break
        case .cut: return false
        case .sendAndCut(let cut):
            let response = try await upstream.send(request)
            _ = try await response.body.collect(upTo: 16 << 20)
            interference.note(request, in: namespace, status: response.status.code)
            await cut()
            return false
        case .sendTwice:
            let first = try await upstream.send(request)
            _ = try await first.body.collect(upTo: 16 << 20)
            interference.note(request, in: namespace, status: first.status.code)
        case .refuse(let document):
            try await outbound.write(.head(Self.head(409, ["content-type": "application/json"])))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(string: document))))
            try await outbound.write(.end(nil))
            return true
        }
        let response = try await upstream.send(request)
        interference.note(request, in: namespace, status: response.status.code)
        try await pass(response, to: outbound)
        return true
    }

    private func pass(
        _ response: HTTPClientResponse, to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var headers = response.headers
        for name in ["connection", "transfer-encoding"] { headers.remove(name: name) }
        try await outbound.write(.head(Self.head(response.status.code, headers)))
        for try await chunk in response.body { try await outbound.write(.body(.byteBuffer(chunk))) }
        try await outbound.write(.end(nil))
    }

    private static func head(_ status: UInt, _ headers: HTTPHeaders) -> HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: .init(statusCode: Int(status)), headers: headers)
    }
}
