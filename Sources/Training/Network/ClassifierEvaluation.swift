import AerieAPI
import Evaluation
import TensorFlow

/// The operations that compare a network's predictions with the labels of a part of the data.
struct ClassifierEvaluation {
    private let input: InputPipeline
    private let predictions: Output
    private let losses: Output
    private let classes: [String]
    private let file: String

    /// Records that are read and predicted together.
    static let batchSize = 512

    init(_ network: Network, file: String, dataset: DatasetDescription, in graph: Graph) throws(TFError) {
        input = try InputPipeline.sequential(
            file, parser: ExampleParser(dataset), batchSize: Self.batchSize, name: "evaluation", in: graph)
        let logits = try network.logits(of: input.images)
        predictions = try graph.add(
            "ArgMax", name: "evaluation/class", logits, graph.constant(Int32(-1))
        ).output
        losses = try graph.add(
            "SparseSoftmaxCrossEntropyWithLogits", name: "evaluation/loss", logits, input.labels)[0]
        classes = dataset.classes
        self.file = file
    }

    /// Goes through all records once.
    ///
    /// Throws ``TrainingError`` `badData` for records that cannot be read or whose labels are no classes.
    func run(in session: Session) throws -> ClassificationReport {
        var matrix = ConfusionMatrix(classCount: classes.count)
        var loss = 0.0
        try input.start(in: session)
        while true {
            let results: [Tensor]
            do { results = try session.run(fetches: [predictions, input.labels, losses]) } catch {
                if error.code == .outOfRange { break }
                if error.isLostTask { throw error }
                throw TrainingError(damaged: file, error)
            }
            let predicted = try results[0].scalars(of: Int64.self)
            let labels = try results[1].scalars(of: Int64.self)
            for (label, prediction) in zip(labels, predicted) {
                matrix.add(label: Int(label), prediction: Int(prediction))
            }
            // In order and in double precision, so that the sum is the same each time.
            loss += try results[2].scalars(of: Float.self).reduce(0.0) { $0 + Double($1) }
        }
        return ClassificationReport(matrix, classNames: classes, loss: loss / Double(max(1, matrix.total)))
    }

    func stop(in session: Session) throws(TFError) { try input.stop(in: session) }
}
