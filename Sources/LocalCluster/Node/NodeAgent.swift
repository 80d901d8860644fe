import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import Synchronization

/// The kubelet's part, played by an ordinary API client: registers a node and runs the pods that are bound to it as
/// sandboxed processes.
package struct NodeAgent: Sendable {
    private let context: NodeContext
    private let node: NodeObject
    private let roster: PodRoster

    package init(context: NodeContext, node: NodeObject) throws {
        self.context = context
        self.node = node
        roster = PodRoster(
            context: context, addresses: PodAddresses(state: context.state),
            probes: try AsyncHTTPTransport(tls: TLSOptions(skipsVerification: true)))
    }

    /// Runs the node around `body`: registered before it, pods stopped after it.
    ///
    /// `companion` runs for as long as the node does and is cancelled with it.
    package func run<Result: Sendable>(
        beside companion: @escaping @Sendable () async -> Void = {},
        body: () async throws -> Result
    ) async throws -> Result {
        let isServing = Flag()
        let registration = NodeRegistration(
            node: node, client: context.client, now: context.now, logger: context.logger)
        let server = KubeletServer(
            port: node.kubeletPort, state: context.state, source: roster, now: context.now, logger: context.logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run { isServing.set() } }
            group.addTask {
                try await registration.register()
                while !isServing.isSet { try await Task.sleep(for: .milliseconds(10)) }
            }
            // Whichever ends first: registered and serving, or the reason why not.
            try await group.next()
            group.addTask { await registration.run() }
            group.addTask { await roster.run() }
            group.addTask { await companion() }
            defer { group.cancelAll() }
            let result = try await body()
            await roster.stop(gracePeriod: 10)
            return result
        }
    }
}
