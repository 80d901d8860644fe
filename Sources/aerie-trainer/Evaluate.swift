import ArgumentParser
import Evaluation
import KubernetesAPI
import Training

/// Measures a model: `aerie-trainer evaluate`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a checkpoint or an exported model on labelled data.",
        discussion: "Files are compared with their digests before anything is measured; damage ends with exit code 65.")

    @Option(
        help: ArgumentHelp("A checkpoint (…/checkpoints/ckpt-500), or a trial's folder: its best.", valueName: "path"))
    var checkpoint: String?

    @Option(help: ArgumentHelp("The digest that the checkpoint must have.", valueName: "sha256:…"))
    var digest: String?

    @Option(help: ArgumentHelp("A SavedModel's folder.", valueName: "path"))
    var savedModel: String?

    @Option(help: ArgumentHelp("Folder or file:// URI with dataset.json.", valueName: "path"))
    var data: String

    @Option(help: "The part of the data: train, validation or test.")
    var split: String = "test"

    @Option(help: "text or json.")
    var output: OutputFormat = .text

    func validate() throws {
        guard (checkpoint == nil) != (savedModel == nil) else {
            throw ValidationError("give either --checkpoint or --saved-model")
        }
        guard digest == nil || checkpoint != nil else { throw ValidationError("--digest needs --checkpoint") }
    }

    func run() throws {
        try Console.reporting {
            let dataset = try Dataset(directory: FileURI.path(data))
            var document: [String: JSONValue] = [
                "split": .string(split), "dataset": ["digest": .string(dataset.digest)],
            ]
            let report: ClassificationReport
            if let checkpoint {
                let stored = try StoredCheckpoint(at: FileURI.path(checkpoint), digest: digest)
                document["checkpoint"] = [
                    "path": .string(stored.prefix), "step": JSONValue(stored.step), "digest": .string(stored.digest),
                ]
                report = try CheckpointEvaluation(stored).run(on: dataset, part: split)
            } else {
                let directory = try FileURI.path(savedModel ?? "")
                document["savedModel"] = .string(directory)
                report = try SavedModelEvaluation(directory: directory).run(on: dataset, part: split)
            }
            document["metrics"] = try JSONValue(encoding: ReportDocument(report))
            Console.print(output == .json ? JSONValue.object(document).description : report.description)
        }
    }
}
