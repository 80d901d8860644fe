import AerieAPI
import ArgumentParser
import KubernetesAPI
import KubernetesClient

/// Shows an experiment's progress until it and the promotion of its best checkpoint have ended.
struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Show an experiment's progress until it has ended.",
        discussion: """
            Ends with 0 when the experiment succeeded and its model, if it is to be promoted, is ready; with 1 when \
            either failed. Interrupting it changes nothing on the cluster.
            """)

    @OptionGroup var cluster: ClusterOptions

    @Argument(help: "The experiment's name.")
    var name: String

    @Option(help: "Seconds between two looks.")
    var interval = 0.5

    func validate() throws {
        guard interval >= 0.1 else { throw ValidationError("--interval must be at least 0.1 seconds, got \(interval)") }
    }

    func run() async throws {
        let (client, namespace) = try cluster.connect()
        let key = ObjectKey(namespace: namespace, name: name)
        var display = ProgressDisplay()
        while true {
            let snapshot = try await ExperimentSnapshot.read(key, from: client)
            display.show(snapshot.lines)
            if let end = snapshot.end {
                display.finish()
                guard case .failed(let reason) = end else { return }
                StandardStream.error.print(reason)
                throw ExitCode(1)
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }
}
