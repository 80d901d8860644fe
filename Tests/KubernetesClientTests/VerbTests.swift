import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

/// The less common verbs, against a real API server.
@Suite(.timeLimit(.minutes(10))) struct VerbTests {
    private static let deployment = Resource(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments")
    private static let replicaSet = Resource(
        group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets")
    private static let account = Resource(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")

    /// A workload of pods that nobody runs.
    private func workload(_ resource: Resource, _ namespace: String, replicas: Int) -> Manifest {
        Manifest(
            Reference(resource, namespace: namespace, name: "web"),
            [
                "spec": [
                    "replicas": JSONValue(replicas), "selector": ["matchLabels": ["app": "web"]],
                    "template": [
                        "metadata": ["labels": ["app": "web"]],
                        "spec": ["containers": [["name": "main", "image": "none"]]],
                    ],
                ]
            ])
    }

    @Test func `scale reads and sets the number of replicas`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let manifest = workload(Self.deployment, namespace, replicas: 2)
        try await server.client.create(manifest)
        let before = try await server.client.scale(manifest.reference)
        #expect(before.spec?.replicas == 2)
        #expect(before.status?.selector == "app=web")
        #expect(try await server.client.scale(manifest.reference, to: 5).spec?.replicas == 5)
        #expect(try await server.client.get(manifest.reference)["spec"]?["replicas"] == 5)
        #expect(try await server.client.scale(manifest.reference, to: 0).spec?.replicas ?? 0 == 0)
    }

    @Test func `a token is reviewed`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        try await server.client.create(Manifest(Reference(Self.account, namespace: namespace, name: "robot"), [:]))
        let key = ObjectKey(namespace: namespace, name: "robot")
        let token = try await server.client.token(serviceAccount: key, audiences: ["metrics"])
        let review = try await server.client.review(token: token.token, audiences: ["metrics", "other"])
        #expect(review.authenticated == true)
        #expect(review.user?.username == "system:serviceaccount:\(namespace):robot")
        #expect(review.user?.groups?.contains("system:serviceaccounts") == true)
        #expect(review.audiences == ["metrics"])
        let elsewhere = try await server.client.review(token: token.token, audiences: ["other"])
        #expect(elsewhere.authenticated != true)
        let nobody = try await server.client.review(token: "made up")
        #expect(nobody.authenticated != true)
    }

    @Test func `what someone may do is reviewed`() async throws {
        let server = try await ControlPlane.shared()
        let namespace = try await server.namespace()
        let access = AccessReview("create", Self.deployment, subresource: "scale", namespace: namespace)
        let admins = AccessReview.Subject(user: "someone", groups: ["system:masters"])
        #expect(try await server.client.review(access, of: admins).allowed)
        #expect(try await !server.client.review(access, of: AccessReview.Subject(user: "someone")).allowed)
        #expect(try await server.client.review(access).allowed)
        #expect(access.description == "create deployments/scale in \(namespace)")
    }

    @Test(arguments: [DeleteOptions.Propagation.background, .foreground, .orphan])
    func `deletion reaches the pods of a replica set as its policy says`(
        policy: DeleteOptions.Propagation
    ) async throws {
        let server = try await ControlPlane.shared(.all)
        let (client, namespace) = (server.client, try await server.namespace())
        let manifest = workload(Self.replicaSet, namespace, replicas: 2)
        try await client.create(manifest)
        let selection = Selection(namespace: namespace, labelSelector: "app=web")
        try await until { try await client.list(Pod.self, selection).items.count == 2 }
        try await client.delete(manifest.reference, DeleteOptions(propagation: policy))
        switch policy {
        case .background, .foreground:
            try await until { try await client.list(Pod.self, selection).items.isEmpty }
        case .orphan:
            try await until {
                try await client.list(Pod.self, selection).items.allSatisfy { $0.metadata.controller == nil }
            }
            #expect(try await client.list(Pod.self, selection).items.count == 2)
        }
        try await until { try await client.list(Self.replicaSet, Selection(namespace: namespace)).isEmpty }
    }

    private func until(_ isSo: () async throws -> Bool) async throws {
        while try await !isSo() { try await Task.sleep(for: .milliseconds(50)) }
    }
}
