import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

/// Connections to a real API server that break, or go dead without a word.
@Suite(.timeLimit(.minutes(10))) struct LivenessTests {
    private static let configMap = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

    private struct ConfigMap: KubernetesObject {
        static let resource = LivenessTests.configMap
        var metadata: ObjectMeta
    }

    /// A server's configuration by way of a proxy.
    private func through(_ proxy: TestProxy, _ server: ControlPlane) -> ClientConfiguration {
        var configuration = server.configuration
        configuration.server = "https://127.0.0.1:\(proxy.port)"
        return configuration
    }

    /// Follows config maps through a proxy, does something to the connection, and creates an object.
    ///
    /// - Returns: How long it took from the disturbance until the watcher has seen the object.
    private func recovery(
        _ liveness: Liveness, from disturb: @escaping @Sendable (TestProxy) -> Void
    ) async throws -> Duration {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let port = try #require(server.configuration.server.split(separator: ":").last.flatMap { Int($0) })
        return try await TestProxy.run(.relay(port: port)) { proxy in
            let client = try KubernetesClient(through(proxy, server), liveness: liveness)
            let seen = Seen()
            let selection = Selection(namespace: namespace)
            let start = try await client.list(ConfigMap.self, selection).resourceVersion
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await follow(client, selection, from: start, seen) }
                defer { group.cancelAll() }
                try await create("before", namespace, server.client)
                try await until { seen.all.contains("before") }
                disturb(proxy)
                let began = ContinuousClock.now
                try await create("after", namespace, server.client)
                try await until { seen.all.contains("after") }
                #expect(seen.all == ["before", "after"])
                return began.duration(to: .now)
            }
        }
    }

    /// What an informer does: watches from the last version, and again after every end.
    private func follow(
        _ client: KubernetesClient, _ selection: Selection, from start: String, _ seen: Seen
    ) async throws {
        var version = start
        while !Task.isCancelled {
            do throws(KubernetesError) {
                let watch: WatchStream<ConfigMap> = try await client.watch(
                    ConfigMap.self, selection, resourceVersion: version)
                for try await event in watch {
                    if !event.resourceVersion.isEmpty { version = event.resourceVersion }
                    guard case .added(let object) = event, object.metadata.name != "kube-root-ca.crt" else { continue }
                    seen.add(object.metadata.name)
                }
            } catch {
                guard error.reason == .unreachable else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func create(_ name: String, _ namespace: String, _ client: KubernetesClient) async throws {
        try await client.create(Manifest(Reference(Self.configMap, namespace: namespace, name: name), [:]))
    }

    private func until(_ isSo: () -> Bool) async throws {
        while !isSo() { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test func `a watch whose packets vanish is open again soon after its time`() async throws {
        let liveness = Liveness(watchTimeout: .seconds(1), maximumSilence: .seconds(3))
        let duration = try await recovery(liveness) { $0.swallowPackets() }
        // Not before: the watch really had gone silent.
        #expect(duration > .seconds(2))
    }

    @Test func `by default that takes less than a minute`() async throws {
        let duration = try await recovery(Liveness()) { $0.swallowPackets() }
        #expect(duration < .seconds(60))
        #expect(duration > .seconds(30))
    }

    @Test func `a watch that is cut goes on where it was`() async throws {
        let duration = try await recovery(Liveness()) { $0.cutConnections() }
        #expect(duration < .seconds(30))
    }

    @Test func `a request on a dead connection is sent again on another`() async throws {
        let server = try await ControlPlane.shared()
        let port = try #require(server.configuration.server.split(separator: ":").last.flatMap { Int($0) })
        try await TestProxy.run(.relay(port: port)) { proxy in
            let client = try KubernetesClient(through(proxy, server))
            var request = KubernetesRequest(.get, path: "/version", subject: "get the version")
            request.timeout = .seconds(2)
            _ = try await client.document(request)
            proxy.swallowPackets()
            #expect(try await client.document(request)["major"] == "1")
            #expect(proxy.accepted == 2)
        }
    }
}
