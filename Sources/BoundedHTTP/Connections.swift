package import NIOCore
import Synchronization

/// The open connections of a server, never more than a limit.
package final class Connections: Sendable {
    private struct State {
        var table: ConnectionTable
        var channels: [Int: any Channel] = [:]
        var names: [ObjectIdentifier: Int] = [:]
        var next = 0
        var closed = 0
    }

    private let state: Mutex<State>

    package init(limit: Int) { state = Mutex(State(table: ConnectionTable(limit: limit))) }

    /// How many are open.
    package var count: Int { state.withLock { $0.table.count } }

    /// How many were closed because there were too many.
    package var closedCount: Int { state.withLock { $0.closed } }

    /// What a server adds to the pipeline of each connection.
    package func makeHandler() -> any RemovableChannelHandler { ConnectionHandler(self) }

    /// Told by the server what happens on the connection of a request.
    package enum News { case requestArrives, isAnswered, rests }

    package func note(_ news: News, of channel: any Channel) {
        state.withLock { state in
            guard let name = state.names[ObjectIdentifier(channel)] else { return }
            switch news {
            case .requestArrives: state.table.hear(of: name)
            case .isAnswered: state.table.answer(name)
            case .rests: state.table.rest(name)
            }
        }
    }

    fileprivate func open(_ channel: any Channel) {
        let leaving = state.withLock { state -> (any Channel)? in
            state.next += 1
            let name = state.next
            state.channels[name] = channel
            state.names[ObjectIdentifier(channel)] = name
            guard let leaving = state.table.open(name) else { return nil }
            state.closed += 1
            return state.channels[leaving]
        }
        leaving?.close(promise: nil)
    }

    fileprivate func close(_ channel: any Channel) {
        state.withLock { state in
            guard let name = state.names.removeValue(forKey: ObjectIdentifier(channel)) else { return }
            state.channels[name] = nil
            state.table.close(name)
        }
    }
}

/// Tells of the beginning and the end of one connection.
private final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        // What a connection reads ahead of its request is in nobody's budget: little at a time, and one read before the
        // next is asked for.
        channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
            .and(channel.setOption(.maxMessagesPerRead, value: 1)).whenComplete { _ in }
        connections.open(channel)
        channel.closeFuture.whenComplete { [connections] _ in connections.close(channel) }
    }
}
