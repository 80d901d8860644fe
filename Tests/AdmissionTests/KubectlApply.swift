import FoundationEssentials
import KubernetesAPI
import TestSupport

/// The `kubectl` of the machine, as an administrator of the test's control plane, in one namespace.
struct KubectlApply: Sendable {
    private let kubeconfig: TemporaryFile
    private let namespace: String

    init(_ server: ControlPlane, namespace: String) throws {
        kubeconfig = try server.kubeconfig()
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
