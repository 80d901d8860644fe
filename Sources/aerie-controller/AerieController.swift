import ArgumentParser
import BuildInformation

/// The operator.
@main
struct AerieController: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aerie-controller",
        abstract: "Watches TFJob, TrainingExperiment, Trial and ModelPromotion resources and acts on them.",
        version: BuildInformation.version, subcommands: [RunCommand.self, CRDsCommand.self],
        defaultSubcommand: RunCommand.self)
}
