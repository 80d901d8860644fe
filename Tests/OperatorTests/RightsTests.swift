import AerieAPI
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// What the controller's role allows beyond what the other tests need, and what it does not.
@Suite(.timeLimit(.minutes(10))) struct RightsTests {
    private func client(of cluster: OperatorCluster) throws -> KubernetesClient {
        var configuration = cluster.server.configuration
        configuration.tls.clientCertificate = nil
        configuration.token = .fixed(cluster.token)
        return try KubernetesClient(configuration)
    }

    @Test(arguments: WatchedKinds.all)
    func `every kind that the operator reads is read in all namespaces`(resource: Resource) async throws {
        let client = try client(of: try await OperatorCluster.shared())
        let page = try await client.document(.list(resource, limit: 1))
        #expect(page["kind"] == .string("\(resource.kind)List"))
    }

    @Test(arguments: [Kinds.secret, Kinds.serviceAccount])
    func `what is not the controller's business cannot be read`(resource: Resource) async throws {
        let client = try client(of: try await OperatorCluster.shared())
        await #expect { try await client.document(.list(resource, limit: 1)) } throws: {
            ($0 as? KubernetesError)?.reason == .forbidden
        }
    }
}
