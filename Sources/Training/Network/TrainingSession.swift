import AerieAPI
import Evaluation
import KubernetesAPI
import TensorFlow

/// A network in training: the graph of a step, its variables and where it is.
///
/// The value after n steps is a function of data, configuration and seed alone, however often the training was
/// interrupted and restored. Everything here blocks while TensorFlow computes.
final class TrainingSession {
    private let session: Session
    private let input: TrainingPipeline
    private let train: Operation
    private let loss: Output
    private let lossSum: Variable
    private let clearLossSum: Operation
    private let initialize: Operation
    private let checkpoint: CheckpointOperations
    private let evaluation: ClassifierEvaluation
    private let events: EventWriter
    private let globalStep: Variable

    /// Steps that the variables have seen.
    private(set) var step = 0

    init(
        _ description: ModelDescription, _ configuration: TrainingConfiguration, dataset: Dataset,
        eventsDirectory: String
    ) throws {
        let graph = Graph()
        let seed = configuration.seed
        globalStep = try Variable("global_step", initialValue: graph.constant(Int64(0)), shape: [], in: graph)
        lossSum = try Variable("aerie/loss_sum", initialValue: graph.constant(0.0), shape: [], in: graph)
        let network = try Network(description, seed: seed, in: graph)

        let records = try dataset.recordCount(of: "train")
        input = try TrainingPipeline(
            dataset.file(of: "train"), parser: ExampleParser(dataset.description), recordCount: records,
            batchSize: configuration.batchSize, seed: seed, threads: configuration.threads, in: graph)
        let batchSize = min(configuration.batchSize, records)
        let dropout = Dropout(
            rate: description.model.dropout, seed: seed, step: globalStep.value, batchSize: batchSize)
        let logits = try network.logits(of: input.batches.images, dropout: dropout)
        let crossEntropy = try graph.add(
            "SparseSoftmaxCrossEntropyWithLogits", logits, input.batches.labels)
        loss = try graph.add("Mean", crossEntropy[0], graph.constant([0] as [Int32])).output
        // The operation has no registered gradient; its second output is the derivative by the logits.
        let derivative = try graph.multiply(crossEntropy[1], graph.constant(1 / Float(batchSize)))
        let gradients = try graph.gradients(
            of: [logits], by: network.variables.map(\.handle), initial: [derivative])
        let optimizer = try Optimizer(configuration, step: globalStep.value, in: graph)
        let (updates, slots) = try optimizer.update(network.variables, by: gradients, decaying: network.kernels)
        let count = try globalStep.assignAdd(graph.constant(Int64(1)), after: updates)
        let sum = try lossSum.assignAdd(graph.cast(loss, to: .double), after: updates)
        train = try graph.add("NoOp", name: "train", [], after: [count, sum])
        clearLossSum = try lossSum.assign(graph.constant(0.0))

        let variables = [globalStep, lossSum] + network.variables + slots
        initialize = try graph.add("NoOp", name: "initialize", [], after: variables.map(\.initializer))
        checkpoint = try CheckpointOperations(
            variables: variables,
            constants: [ModelDescription.tensorName: graph.constant(string: description.json.description)], in: graph)
        evaluation = try ClassifierEvaluation(
            network, file: dataset.file(of: "validation"), dataset: dataset.description, in: graph)
        events = try EventWriter(in: graph)
        session = try Session(
            graph,
            configuration: SessionConfiguration(
                intraOperationThreads: configuration.threads, interOperationThreads: configuration.threads))
        try events.open(eventsDirectory, in: session)
    }

    /// Gives all variables their initial values and makes the first batch ready.
    func begin() throws(TFError) {
        try session.run(targets: [initialize])
        try input.start(at: 0, in: session)
    }

    /// Goes on from a checkpoint, with the batch that would have come next.
    func begin(from prefix: String) throws(TFError) {
        try checkpoint.restore(from: prefix, in: session)
        step = Int(try session.run(fetch: globalStep.value).scalar(of: Int64.self))
        try input.start(at: step, in: session)
    }

    /// Trains one step and gives the loss of its batch.
    func trainStep() throws(TFError) -> Float {
        guard let value = try session.run(fetches: [loss], targets: [train]).first else { return .nan }
        step += 1
        return try value.scalar()
    }

    /// The sum of the losses of all steps since the last call; the checkpoint remembers it.
    func takeLossSum() throws(TFError) -> Double {
        let sum = try session.run(fetch: lossSum.value).scalar(of: Double.self)
        try session.run(targets: [clearLossSum])
        return sum
    }

    func evaluate() throws -> ClassificationReport { try evaluation.run(in: session) }

    /// Writes all variables to a new prefix.
    func save(to prefix: String) throws(TFError) { try checkpoint.save(to: prefix, in: session) }

    /// Adds the metrics at the present step to the event file.
    func record(_ metrics: Metrics) throws(TFError) { try events.write(metrics, step: step, in: session) }

    /// Ends the input's threads and the event file.
    func end() throws(TFError) {
        try events.close(in: session)
        try input.batches.stop(in: session)
        try evaluation.stop(in: session)
    }
}
