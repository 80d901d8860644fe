import ArgumentParser
import FoundationEssentials
import LocalCluster

/// `aerie local down`: the end of a cluster, not of its data.
struct LocalDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop the cluster; what it stores stays for the next start.")

    @OptionGroup var cluster: ClusterArguments

    @Flag(help: "Delete everything that the cluster stored, too.")
    var delete = false

    func run() async throws {
        let state = cluster.stateDirectory(environment: ProcessInfo.processInfo.environment)
        let wasRunning = try await LocalClusterStatus.stop(state, logger: commandLogger())
        print(wasRunning ? "stopped cluster \"\(cluster.name)\"" : "cluster \"\(cluster.name)\" was not running")
        guard delete, FileManager.default.fileExists(atPath: state.path) else { return }
        try FileManager.default.removeItem(atPath: state.path)
        print("deleted \(state)")
    }
}
