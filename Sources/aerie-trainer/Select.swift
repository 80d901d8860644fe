import AerieAPI
import ArgumentParser
import KubernetesAPI
import Training

/// Finds the best checkpoint: `aerie-trainer select`.
struct Select: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the best checkpoint of an experiment, over all trials and all kept steps.",
        discussion: "Of equals the earlier step is better, then the trial whose name comes first; NaN is never best.")

    @Option(help: ArgumentHelp("An experiment's folder, or one trial's.", valueName: "path"))
    var experiment: String

    @Option(help: "The metric (default: the trials' own objective).")
    var metric: String?

    @Option(help: "Maximize or Minimize; with --metric.")
    var goal: GoalOption?

    @Option(help: "text or json.")
    var output: OutputFormat = .text

    func validate() throws {
        guard (metric == nil) == (goal == nil) else { throw ValidationError("give --metric and --goal together") }
    }

    func run() throws {
        try Console.reporting {
            let objective = metric.flatMap { metric in goal.map { Objective(metric: metric, goal: $0.value) } }
            let selection = try CheckpointSelection(folder: FileURI.path(experiment), objective: objective)
            let best = try selection.best().candidate
            switch output {
            case .text:
                Console.print(
                    """
                    trial       \(best.trial)
                    \(selection.objective.metric)  \(best.value)
                    step        \(best.step)
                    checkpoint  \(best.prefix)
                    digest      \(best.digest)
                    trainer     \(best.trainer.json)
                    """)
            case .json:
                let document: JSONValue = [
                    "trial": .string(best.trial), "metric": .string(selection.objective.metric),
                    "value": .number(best.value), "step": JSONValue(best.step), "checkpoint": .string(best.prefix),
                    "digest": .string(best.digest), "trainer": best.trainer.json,
                    "metrics": try JSONValue(encoding: best.metrics),
                ]
                Console.print(document.description)
            }
        }
    }
}
