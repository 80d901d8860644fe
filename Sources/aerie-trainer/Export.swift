import ArgumentParser
import KubernetesAPI
import Training

/// Makes a SavedModel: `aerie-trainer export`.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a checkpoint as a SavedModel for serving.",
        discussion: """
            The model takes raw pixel values (input `image`, float32) and gives `probabilities` and `class`. The same \
            checkpoint gives the same bytes. The output folder appears complete or not at all.
            """)

    @Option(help: ArgumentHelp("A trial's folder.", valueName: "path"))
    var trial: String?

    @Option(help: "Which checkpoint of the trial; the best by its objective when not given.")
    var step: Int?

    @Option(help: ArgumentHelp("A checkpoint (…/checkpoints/ckpt-500).", valueName: "path"))
    var checkpoint: String?

    @Option(help: ArgumentHelp("The digest that the checkpoint must have.", valueName: "sha256:…"))
    var digest: String?

    @Option(name: .customLong("output"), help: ArgumentHelp("The folder to write.", valueName: "path"))
    var directory: String

    func validate() throws {
        guard (trial == nil) != (checkpoint == nil) else {
            throw ValidationError("give either --trial or --checkpoint")
        }
        guard step == nil || trial != nil else { throw ValidationError("--step needs --trial") }
    }

    func run() throws {
        try Console.reporting {
            let path = try FileURI.path(trial ?? checkpoint ?? "")
            let stored = try StoredCheckpoint(at: path, step: step, digest: digest)
            Console.print(try ModelExport(stored).write(to: FileURI.path(directory)).description)
        }
    }
}
