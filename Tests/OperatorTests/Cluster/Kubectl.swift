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

    /// What `kubectl get` shows by default, cell by cell.
    func table(_ kind: String, in namespace: String) async throws -> (columns: [String], rows: [[String: String]]) {
        let lines = try await run("get", kind, "--namespace", namespace).split(separator: "\n").map(Array.init)
        guard let header = lines.first else { return ([], []) }
        // A cell begins below its column's name, whether it is empty or not.
        let starts = header.indices.filter { header[$0] != " " && ($0 == 0 || header[$0 - 1] == " ") }
        func cells(_ line: [Character]) -> [String] {
            zip(starts, starts.dropFirst() + [Int.max]).map { start, end in
                let cell = line.dropFirst(start).prefix(end - start)
                return String(cell.prefix { $0 != " " })
            }
        }
        let columns = cells(header)
        return (columns, lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(columns, cells($0))) })
    }
}
