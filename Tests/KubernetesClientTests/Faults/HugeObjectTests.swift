import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

/// Objects as large and as deep as a real API server takes them.
@Suite(.timeLimit(.minutes(10))) struct HugeObjectTests {
    private static let configMap = Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
    private static let definition = Resource(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions", isNamespaced: false)

    private struct ConfigMap: KubernetesObject {
        static let resource = HugeObjectTests.configMap
        var metadata: ObjectMeta
        var data: [String: String]?
    }

    private struct Pit: KubernetesObject {
        static let resource = Resource(group: "test.aerie", version: "v1", kind: "Pit", plural: "pits")
        var metadata: ObjectMeta
    }

    @Test func `a megabyte arrives in lists and watches`() async throws {
        let server = try await ControlPlane.shared()
        let (client, namespace) = (server.client, try await server.namespace())
        let selection = Selection(namespace: namespace, fieldSelector: "metadata.name!=kube-root-ca.crt")
        let start = try await client.list(ConfigMap.self, selection).resourceVersion
        let watch = try await client.watch(ConfigMap.self, selection, resourceVersion: start)
        let text = String(repeating: "a line with a \u{2028} in it\n", count: 36_000)
        let count = 3
        for number in 0..<count {
            try await client.create(
                Manifest(
                    Reference(Self.configMap, namespace: namespace, name: "m\(number)"), ["data": ["k": .string(text)]])
            )
        }
        var sizes: [Int] = []
        for try await event in watch {
            if case .added(let object) = event { sizes.append(object.data?["k"]?.utf8.count ?? 0) }
            if sizes.count == count { break }
        }
        #expect(sizes == Array(repeating: text.utf8.count, count: count))
        let page = try await client.page(of: ConfigMap.self, selection)
        #expect(page.items.map { $0.data?["k"] } == Array(repeating: text, count: count))
    }

    @Test func `an object that is nested 5,000 levels deep spoils neither page nor watch`() async throws {
        let server = try await ControlPlane.shared()
        let (client, namespace) = (server.client, try await server.namespace())
        try await client.apply(
            Manifest(
                Reference(Self.definition, name: "pits.test.aerie"),
                [
                    "spec": [
                        "group": "test.aerie", "scope": "Namespaced", "names": ["kind": "Pit", "plural": "pits"],
                        "versions": [
                            [
                                "name": "v1", "served": true, "storage": true,
                                "schema": [
                                    "openAPIV3Schema": [
                                        "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                    ]
                                ],
                            ]
                        ],
                    ]
                ]))
        let selection = Selection(namespace: namespace)
        while (try? await client.page(of: Pit.self, selection)) == nil { try await Task.sleep(for: .milliseconds(50)) }
        let start = try await client.page(of: Pit.self, selection).resourceVersion
        let names = ["a", "deep", "z"]
        for name in names {
            let depth = name == "deep" ? 5_000 : 2
            let body = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
            let text = #"{"apiVersion":"test.aerie/v1","kind":"Pit","metadata":{"name":"\#(name)"},"body":\#(body)}"#
            let outcome = try await post(text, "/apis/test.aerie/v1/namespaces/\(namespace)/pits", server)
            #expect(outcome == 201)
        }
        let page = try await client.page(of: Pit.self, selection)
        #expect(page.items.map(\.metadata.name) == ["a", "z"])
        #expect(page.undecodable.map(\.reference.key) == [ObjectKey(namespace: namespace, name: "deep")])
        #expect(page.undecodable.first?.uid.isEmpty == false)
        #expect(page.undecodable.first?.problem == "nested deeper than 256 levels")

        let deep = Reference(Pit.resource, namespace: namespace, name: "deep")
        try await client.delete(deep)
        var seen: [String] = []
        for try await event in try await client.watch(Pit.self, selection, resourceVersion: start) {
            switch event {
            case .added(let object): seen.append("+\(object.metadata.name)")
            case .undecodable(let object): seen.append("\(object.isDeleted ? "-" : "?")\(object.reference.key.name)")
            default: seen.append("other")
            }
            if seen.count == 4 { break }
        }
        #expect(seen == ["+a", "?deep", "+z", "-deep"])
    }

    /// Creates an object that our own JSON cannot express.
    private func post(_ text: String, _ path: String, _ server: ControlPlane) async throws -> Int {
        let transport = try AsyncHTTPTransport(tls: server.configuration.tls)
        let request = HTTPRequest(
            .post, server.configuration.server + path, headers: ["Content-Type": "application/json"],
            body: HTTPBody(Array(text.utf8)))
        return try await transport.send(request).status
    }
}
