import NIOCore
import NIOPosix
import Synchronization

/// A proxy on loopback that tests put between client and server, and whose connections can go dead.
final class TestProxy: Sendable {
    enum Kind: Sendable {
        /// Passes every connection on to this port.
        case relay(port: Int)
        /// HTTP `CONNECT`; with a value, only for clients with this `Proxy-Authorization`.
        case connect(authorization: String? = nil)
        case socks5
    }

    private struct State {
        /// What clients asked to be connected to: `host:port`.
        var targets: [String] = []
        var accepted = 0
        var clients: [any Channel] = []
        /// Connections with a lower number are dead.
        var firstAlive = 0
    }

    private let kind: Kind
    private let state = Mutex(State())
    let port: Int

    private init(_ kind: Kind, port: Int) {
        self.kind = kind
        self.port = port
    }

    var targets: [String] { state.withLock { $0.targets } }

    var accepted: Int { state.withLock { $0.accepted } }

    /// Closes the connections that there are, as a server does that ends.
    func cutConnections() {
        let clients = state.withLock { state in
            defer { state.clients = [] }
            return state.clients
        }
        for client in clients { client.close(promise: nil) }
    }

    /// From now on nothing passes on the connections that there are, and nobody is told.
    func swallowPackets() { state.withLock { $0.firstAlive = $0.accepted } }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Runs `body` while the proxy does its work.
    static func run<Result: Sendable>(
        _ kind: Kind, _ body: @escaping @Sendable (TestProxy) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
        let proxy = TestProxy(kind, port: server.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { connections in
                    try await server.executeThenClose { clients in
                        for try await client in clients {
                            // A connection that breaks is not the proxy's problem.
                            connections.addTask { try? await proxy.serve(client) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(proxy)
        }
    }

    private func serve(_ client: Connection) async throws {
        let number = state.withLock { state in
            defer { state.accepted += 1 }
            state.clients.append(client.channel)
            return state.accepted
        }
        try await client.executeThenClose { inbound, outbound in
            var incoming = inbound.makeAsyncIterator()
            guard let (port, early) = try await greet(&incoming, outbound) else { return }
            let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
                }
            try await server.executeThenClose { answers, requests in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await chunk in answers where self.isAlive(number) { try await outbound.write(chunk) }
                        try await self.waitWhileDead(number)
                    }
                    if early.readableBytes > 0 { try await requests.write(early) }
                    while let chunk = try await incoming.next() {
                        if isAlive(number) { try await requests.write(chunk) }
                    }
                    try await waitWhileDead(number)
                    group.cancelAll()
                }
            }
        }
    }

    private func isAlive(_ number: Int) -> Bool { state.withLock { number >= $0.firstAlive } }

    /// The end of a dead connection does not pass either.
    private func waitWhileDead(_ number: Int) async throws {
        if !isAlive(number) { try await Task.sleep(for: .seconds(3_600)) }
    }

    /// Does what comes before the bytes that are passed on.
    ///
    /// - Returns: Where to connect to, and what came too early; `nil` for a client that was refused.
    private func greet(
        _ incoming: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> (port: Int, early: ByteBuffer)? {
        var buffer = ByteBuffer()
        switch kind {
        case .relay(let port): return (port, buffer)
        case .connect(let authorization):
            while !String(buffer: buffer).contains("\r\n\r\n") {
                guard let chunk = try await incoming.next() else { return nil }
                buffer.writeImmutableBuffer(chunk)
            }
            let lines = String(buffer: buffer).split(separator: "\r\n").map(String.init)
            let words = (lines.first ?? "").split(separator: " ")
            guard words.count == 3, words[0] == "CONNECT" else { return nil }
            if let authorization,
                !lines.contains(where: { $0.lowercased() == "proxy-authorization: \(authorization)".lowercased() })
            {
                try await outbound.write(ByteBuffer(string: "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"))
                return nil
            }
            state.withLock { $0.targets.append(String(words[1])) }
            try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
            return words[1].split(separator: ":").last.flatMap { Int($0) }.map { ($0, ByteBuffer()) }
        case .socks5: return try await greetSOCKS(&incoming, outbound)
        }
    }

    /// RFC 1928, without authentication, for names and IPv4 addresses.
    private func greetSOCKS(
        _ incoming: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> (port: Int, early: ByteBuffer)? {
        guard try await incoming.next() != nil else { return nil }
        try await outbound.write(ByteBuffer(bytes: [5, 0]))
        guard var request = try await incoming.next(), let head = request.readBytes(length: 4), head[0] == 5 else {
            return nil
        }
        let host: String
        if head[3] == 3, let length = request.readInteger(as: UInt8.self) {
            host = request.readString(length: Int(length)) ?? ""
        } else {
            host = (request.readBytes(length: 4) ?? []).map { String($0) }.joined(separator: ".")
        }
        guard let port = request.readInteger(as: UInt16.self) else { return nil }
        state.withLock { $0.targets.append("\(host):\(port)") }
        try await outbound.write(ByteBuffer(bytes: [5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
        return (Int(port), request)
    }
}
