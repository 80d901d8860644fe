import FoundationEssentials
import KubernetesAPI
import TestSupport

/// A `kubectl`, by default the machine's, as an administrator of the test's control plane, in one namespace.
struct KubectlApply: Sendable {
    private let program: String
    private let kubeconfig: TemporaryFile
    private let namespace: String

    init(_ server: ControlPlane, namespace: String, program: String = "kubectl") throws {
        self.program = program
        kubeconfig = try server.kubeconfig()
        self.namespace = namespace
    }

    /// `kubectl apply` of one document, really or as a dry run on the server.
    func callAsFunction(_ document: JSONValue, isDryRun: Bool) async throws -> Tool.Outcome {
        var document = document
        document["metadata"]?["namespace"] = .string(namespace)
        let file = try TemporaryFile(document.description)
        return try await run(["apply", "-f", file.path] + (isDryRun ? ["--dry-run=server"] : []))
    }

    /// Any other command.
    func run(_ arguments: [String]) async throws -> Tool.Outcome {
        try await Tool.outcome(
            of: program, ["--kubeconfig", kubeconfig.path, "--cache-dir", "\(kubeconfig.path)-cache"] + arguments)
    }

    /// What kubectl remembers of the server.
    func forget() throws {
        let cache = "\(kubeconfig.path)-cache"
        if FileManager.default.fileExists(atPath: cache) { try FileManager.default.removeItem(atPath: cache) }
    }
}
