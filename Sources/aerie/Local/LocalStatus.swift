import ArgumentParser
import FoundationEssentials
import KubernetesAPI
import LocalCluster

/// `aerie local status`: what runs.
struct LocalStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the cluster's programs, its node and its pods.",
        discussion: "Exits with 3 when the cluster does not run.")

    @OptionGroup var cluster: ClusterArguments

    func run() async throws {
        let state = cluster.stateDirectory(environment: ProcessInfo.processInfo.environment)
        let status = try await LocalClusterStatus.read(state)
        guard !status.processes.isEmpty else {
            print("cluster \"\(cluster.name)\" is not running")
            throw ExitCode(3)
        }
        print("cluster \"\(cluster.name)\": \(status.isReady ? "ready" : "not ready")")
        print("server \(status.server ?? "unknown")\nKUBECONFIG \(state.kubeconfig)")
        Self.table(
            [["PROGRAM", "PID", "MEMORY"]]
                + status.processes.map { [$0.name, "\($0.pid)", "\($0.residentMemory >> 20) MiB"] })
        for node in status.nodes { print("node \(node)") }
        if !status.pods.isEmpty {
            Self.table(
                [["NAMESPACE", "POD", "STATUS", "RESTARTS", "ADDRESS"]]
                    + status.pods.map {
                        [$0.key.namespace, $0.key.name, $0.state, "\($0.restarts)", $0.address]
                    })
        }
        if let problem = status.problem { print("the API server does not answer: \(problem)") }
    }

    /// Columns as wide as their widest cell.
    private static func table(_ rows: [[String]]) {
        guard let columns = rows.first?.indices else { return }
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            print(cells.joined(separator: "   "))
        }
    }
}
