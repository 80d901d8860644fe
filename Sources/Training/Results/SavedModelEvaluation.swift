import AerieAPI
public import Evaluation
import TensorFlow

/// The quality of an exported model on a part of a dataset, by way of its serving signature alone.
public struct SavedModelEvaluation {
    private let directory: String

    public init(directory: String) { self.directory = directory }

    /// Predicts all records of a part, such as `test`; blocks until that is done.
    public func run(on dataset: Dataset, part: String) throws -> ClassificationReport {
        let file = try dataset.file(of: part)
        let model: SavedModel
        do { model = try SavedModel(directory: directory) } catch {
            throw TrainingError(.badData, "\(directory) cannot be loaded as a SavedModel: \(error.message)")
        }
        let graph = Graph()
        let input = try InputPipeline.sequential(
            file, parser: ExampleParser(dataset.description),
            batchSize: ClassifierEvaluation.batchSize, name: "evaluation", in: graph)
        let images = try graph.cast(input.images, to: .float)
        let session = try Session(graph)
        try input.start(in: session)

        let names = dataset.description.classes
        var matrix = ConfusionMatrix(classCount: names.count)
        var loss = 0.0
        while true {
            let batch: [Tensor]
            do { batch = try session.run(fetches: [images, input.labels]) } catch {
                if error.code == .outOfRange { break }
                throw TrainingError(damaged: file, error)
            }
            let results = try model.run(inputs: [ServingSignature.image: batch[0]])
            guard let probabilities = try results[ServingSignature.probabilities]?.scalars(of: Float.self),
                let predictions = try results[ServingSignature.predictedClass]?.scalars(of: Int64.self),
                probabilities.count == predictions.count * names.count,
                predictions.allSatisfy({ names.indices.contains(Int($0)) })
            else {
                throw TrainingError(
                    .badData,
                    "\(directory) is no classifier of \(names.count) classes with outputs probabilities and class")
            }
            let labels = try batch[1].scalars(of: Int64.self)
            guard labels.allSatisfy({ names.indices.contains(Int($0)) }) else {
                throw TrainingError(.badData, "\(file) has labels that are not 0…\(names.count - 1)")
            }
            for (record, (label, prediction)) in zip(labels, predictions).enumerated() {
                matrix.add(label: Int(label), prediction: Int(prediction))
                loss -= naturalLogarithm(Double(probabilities[record * names.count + Int(label)]))
            }
        }
        try input.stop(in: session)
        return ClassificationReport(matrix, classNames: names, loss: loss / Double(max(1, matrix.total)))
    }
}
