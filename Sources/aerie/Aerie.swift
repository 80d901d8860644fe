import ArgumentParser
import BuildInformation

/// The command line tool for people; also works as the kubectl plugin `kubectl-aerie`.
@main
struct Aerie: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aerie",
        abstract: "Trains, promotes and serves models of satellite and aerial imagery on Kubernetes.",
        version: BuildInformation.version,
        subcommands: [
            LocalCommand.self, FollowCommand.self, ImageCommand.self, SupportBundleCommand.self,
        ])
}
