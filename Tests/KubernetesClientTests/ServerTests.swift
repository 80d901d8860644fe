import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

/// The client against a real API server.
@Suite(.timeLimit(.minutes(10))) struct ServerTests {
    private static let configMap = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

    private struct ConfigMap: KubernetesObject {
        static let resource = ServerTests.configMap
        var metadata: ObjectMeta
        var data: [String: String]?
    }

    private func manifest(_ name: String, _ namespace: String, _ data: [String: String] = [:]) -> Manifest {
        Manifest(Reference(Self.configMap, namespace: namespace, name: name), ["data": JSONValue(data)])
    }

    private func reason(_ body: () async throws -> Void) async -> KubernetesError.Reason? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? KubernetesError)?.reason
        }
    }

    @Test func `an object is created, read, updated, patched and deleted`() async throws {
        let server = try await ControlPlane.shared()
        let (client, namespace) = (server.client, try await server.namespace())
        let created: ConfigMap = try await client.create(manifest("a", namespace, ["k": "1"]), as: ConfigMap.self)
        #expect(created.data == ["k": "1"])
        var update = manifest("a", namespace, ["k": "2"])
        update.body["metadata"]?["resourceVersion"] = .string(created.metadata.resourceVersion)
        try await client.update(update)
        #expect(await reason { try await client.update(update) } == .conflict)
        let patched = try await client.patch(created.reference, ["data": ["k": nil, "l": "3"]])
        #expect(patched["data"] == ["l": "3"])
        #expect(await reason { try await client.delete(created.reference, DeleteOptions(uid: "other")) } == .conflict)
        try await client.delete(created.reference, DeleteOptions(uid: created.metadata.uid))
        #expect(await reason { _ = try await client.get(created.reference) } == .notFound)
    }

    @Test func `errors name verb and object`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        do {
            _ = try await server.client.get(ConfigMap.self, ObjectKey(namespace: namespace, name: "missing"))
            Issue.record("the object should be missing")
        } catch {
            #expect(error.message == "get ConfigMap \(namespace)/missing: configmaps \"missing\" not found")
            #expect(error.code == 404)
        }
    }

    @Test func `server-side apply merges, and conflicts unless forced`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let other = try KubernetesClient(server.configuration, fieldManager: "other")
        try await server.client.apply(manifest("a", namespace, ["ours": "1"]))
        try await other.apply(manifest("a", namespace, ["theirs": "1"]))
        #expect(
            await reason { try await other.apply(manifest("a", namespace, ["ours": "2"]), force: false) } == .conflict)
        let merged = try await other.apply(manifest("a", namespace, ["ours": "2"]), force: true)
        #expect(merged["data"] == ["ours": "2"])
    }

    @Test func `lists are read page by page and nothing is lost`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        for number in 0..<23 { try await server.client.create(manifest("map-\(number)", namespace)) }
        let selection = Selection(namespace: namespace, fieldSelector: "metadata.name!=kube-root-ca.crt")
        var names: [String] = []
        var token: String?
        var pages = 0
        repeat {
            let page = try await server.client.page(of: ConfigMap.self, selection, limit: 10, continueToken: token)
            names += page.items.map(\.metadata.name)
            token = page.continueToken
            pages += 1
        } while token != nil
        #expect(pages == 3)
        #expect(Set(names) == Set((0..<23).map { "map-\($0)" }))
        #expect(try await server.client.list(ConfigMap.self, selection).items.count == 23)
        #expect(try await server.client.list(Self.configMap, selection).count == 23)
    }

    @Test func `a watch sees every change after its version, and line separators in strings`() async throws {
        let server = try await ControlPlane.shared()
        let (client, namespace) = (server.client, try await server.namespace())
        let selection = Selection(namespace: namespace, fieldSelector: "metadata.name=a")
        let start = try await client.list(ConfigMap.self, selection).resourceVersion
        let watch = try await client.watch(ConfigMap.self, selection, resourceVersion: start)
        let reference = try await client.create(manifest("a", namespace, ["k": "one\u{2028}two"]), as: ConfigMap.self)
            .reference
        try await client.patch(reference, ["data": ["k": "three"]])
        try await client.delete(reference)
        var seen: [String] = []
        for try await event in watch {
            switch event {
            case .added(let object): seen.append("added \(object.data?["k"] ?? "")")
            case .modified(let object): seen.append("modified \(object.data?["k"] ?? "")")
            case .deleted(let object): seen.append("deleted \(object.metadata.name)")
            case .bookmark, .known, .undecodable: seen.append("other")
            }
            if seen.count == 3 { break }
        }
        #expect(seen == ["added one\u{2028}two", "modified three", "deleted a"])
    }

    @Test func `a watch ends in order after its time`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let selection = Selection(namespace: namespace)
        let start = try await server.client.list(ConfigMap.self, selection).resourceVersion
        let watch = try await server.client.watch(
            ConfigMap.self, selection, resourceVersion: start, timeoutSeconds: 1)
        for try await event in watch {
            if case .added(let object) = event { #expect(object.metadata.namespace == namespace) }
        }
    }

    @Test func `a version that the server never had expires or fails, never hangs`() async throws {
        let server = try await ControlPlane.shared()
        let failure = await reason {
            let watch: WatchStream<ConfigMap> = try await server.client.watch(resourceVersion: "1", timeoutSeconds: 2)
            for try await _ in watch {}
        }
        #expect(failure == .expired || failure == nil)
    }

    @Test func `a bearer token from a file is read again when it changes`() async throws {
        let server = try await ControlPlane.shared()
        let file = try TemporaryFile("wrong")
        let client = try KubernetesClient(
            ClientConfiguration(
                server: server.configuration.server, tls: TLSOptions(trustRoots: server.configuration.tls.trustRoots),
                token: .file(file.path)))
        #expect(await reason { _ = try await client.version() } == .unauthorized)
        try file.write("\(server.token)\n")
        #expect(try await client.version().major == "1")
    }

    @Test func `an untrusted server is refused`() async throws {
        let server = try await ControlPlane.shared()
        var configuration = server.configuration
        configuration.tls = TLSOptions()
        let client = try KubernetesClient(configuration)
        #expect(await reason { _ = try await client.version() } == .unreachable)
        configuration.tls.skipsVerification = true
        configuration.token = .fixed(server.token)
        #expect(try await KubernetesClient(configuration).version().gitVersion.hasPrefix("v1."))
    }

    @Test func `tokens of service accounts can be asked for`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let account = Resource(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
        try await server.client.create(Manifest(Reference(account, namespace: namespace, name: "robot"), [:]))
        let token = try await server.client.token(serviceAccount: ObjectKey(namespace: namespace, name: "robot"))
        #expect(token.token.split(separator: ".").count == 3)
        var configuration = server.configuration
        configuration.tls.clientCertificate = nil
        configuration.token = .fixed(token.token)
        let robot = try KubernetesClient(configuration)
        #expect(await reason { _ = try await robot.list(ConfigMap.self) } == .forbidden)
    }

    @Test func `raw paths give bytes`() async throws {
        let server = try await ControlPlane.shared()
        #expect(try await server.client.raw("/healthz") == Array("ok".utf8))
    }

    @Test func `twenty watches leave room for other requests`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let selection = Selection(namespace: namespace)
        let start = try await server.client.list(ConfigMap.self, selection).resourceVersion
        var watches: [WatchStream<ConfigMap>] = []
        for _ in 0..<20 {
            watches.append(try await server.client.watch(ConfigMap.self, selection, resourceVersion: start))
        }
        try await server.client.create(manifest("a", namespace))
        for watch in watches {
            var names: [String] = []
            for try await event in watch {
                if case .added(let object) = event { names.append(object.metadata.name) }
                if names.contains("a") { break }
            }
            #expect(names.last == "a")
        }
    }
}
