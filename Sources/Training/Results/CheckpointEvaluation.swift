import AerieAPI
public import Evaluation
import TensorFlow

/// The quality of a checkpoint's model on a part of a dataset.
public struct CheckpointEvaluation {
    private let prefix: String
    private let threads: Int

    public init(_ checkpoint: StoredCheckpoint) { self.init(prefix: checkpoint.prefix) }

    /// Without a number of `threads` TensorFlow takes one a core.
    init(prefix: String, threads: Int = 0) {
        self.prefix = prefix
        self.threads = threads
    }

    /// Predicts all records of a part, such as `test`; blocks until that is done.
    public func run(on dataset: Dataset, part: String) throws -> ClassificationReport {
        let description = try ModelDescription(checkpoint: prefix)
        try description.check(fits: dataset)
        let graph = Graph()
        let network = try Network(description, seed: nil, in: graph)
        let evaluation = try ClassifierEvaluation(
            network, file: dataset.file(of: part), dataset: dataset.description, in: graph)
        let restore = try CheckpointOperations(variables: network.variables, in: graph)
        let session = try Session(
            graph,
            configuration: SessionConfiguration(intraOperationThreads: threads, interOperationThreads: threads))
        try restore.restore(from: prefix, in: session)
        let report = try evaluation.run(in: session)
        try evaluation.stop(in: session)
        return report
    }
}

extension ModelDescription {
    /// Refuses data that the model was not made for.
    func check(fits dataset: Dataset) throws(TrainingError) {
        let data = dataset.description
        guard imageShape == data.imageShape, pixelType == data.pixelType else {
            throw TrainingError(
                .badData,
                "the model takes images \(imageShape) of \(pixelType.rawValue), the dataset has \(data.imageShape) of "
                    + data.pixelType.rawValue)
        }
        guard classes == data.classes else {
            throw TrainingError(
                .badData,
                "the model knows the classes \(classes.joined(separator: ", ")), the dataset has "
                    + data.classes.joined(separator: ", "))
        }
    }
}
