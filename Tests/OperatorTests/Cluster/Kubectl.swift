import FoundationEssentials
import TestCluster
import TestSupport

/// The `kubectl` of the machine, as an administrator of the test's control plane.
struct Kubectl: Sendable {
    private let kubeconfig: TemporaryFile

    init(_ cluster: OperatorCluster) throws {
        kubeconfig = try cluster.server.kubeconfig()
    }

    /// Runs one command and returns what it prints.
    func run(_ arguments: String...) async throws -> String {
        let cache = "\(kubeconfig.path)-cache"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        return try await Tool.run("kubectl", ["--kubeconfig", kubeconfig.path, "--cache-dir", cache] + arguments)
    }

    /// Runs a line of a shell that begins with `kubectl`, in a namespace of its own; never fails.
    func replay(_ line: String, in namespace: String) async throws -> String {
        let cache = "\(kubeconfig.path)-cache"
        let options = "--kubeconfig \(kubeconfig.path) --cache-dir \(cache) --namespace \(namespace)"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let command = "kubectl \(options) \(line.trimmingPrefix("kubectl "))"
        let outcome = try await Tool.outcome(of: "bash", ["-c", command])
        return outcome.output + outcome.error
    }

    /// What `kubectl get` shows by default.
    func table(_ kind: String, in namespace: String) async throws -> TextTable {
        TextTable(try await run("get", kind, "--namespace", namespace).split(separator: "\n"))
    }
}
