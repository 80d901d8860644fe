import ArgumentParser
import KubernetesAPI
import Training

/// Verifies a dataset: `aerie-trainer check-data`.
struct CheckData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-data",
        abstract: "Compare a dataset's files with their digests and print the digest of the whole.",
        discussion: "A damaged TFRecord file is reported with the record that is damaged; exit code 65.")

    @Option(help: ArgumentHelp("Folder or file:// URI with dataset.json.", valueName: "path"))
    var data: String

    func run() throws {
        try Console.reporting {
            let dataset = try Dataset(directory: FileURI.path(data))
            let records = dataset.description.records.mapValues { JSONValue($0) }
            Console.print(
                JSONValue.object(["digest": .string(dataset.digest), "records": .object(records)]).description)
        }
    }
}
