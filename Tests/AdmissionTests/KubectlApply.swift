import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport

/// The `kubectl` of the machine, as an administrator of the test's control plane, in one namespace.
struct KubectlApply: Sendable {
    struct NotTrusted: Error {}

    private let kubeconfig: TemporaryFile
    private let namespace: String

    init(_ server: ControlPlane, namespace: String) throws {
        guard case .pem(let authority) = server.configuration.tls.trustRoots else {
            throw NotTrusted()
        }
        let configuration: JSONValue = [
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [
                [
                    "name": "test",
                    "cluster": [
                        "server": .string(server.configuration.server),
                        "certificate-authority-data": .string(Data(authority).base64EncodedString()),
                    ],
                ]
            ],
            "users": [["name": "test", "user": ["token": .string(server.token)]]],
            "contexts": [["name": "test", "context": ["cluster": "test", "user": "test"]]],
        ]
        kubeconfig = try TemporaryFile(configuration.description)
        self.namespace = namespace
    }

    /// `kubectl apply` of one document, really or as a dry run on the server.
    func callAsFunction(_ document: JSONValue, isDryRun: Bool) async throws -> Tool.Outcome {
        var document = document
        document["metadata"]?["namespace"] = .string(namespace)
        let file = try TemporaryFile(document.description)
        return try await Tool.outcome(
            of: "kubectl",
            ["--kubeconfig", kubeconfig.path, "--cache-dir", "\(kubeconfig.path)-cache", "apply", "-f", file.path]
                + (isDryRun ? ["--dry-run=server"] : []))
    }

    /// What kubectl remembers of the server.
    func forget() throws {
        let cache = "\(kubeconfig.path)-cache"
        if FileManager.default.fileExists(atPath: cache) { try FileManager.default.removeItem(atPath: cache) }
    }
}
