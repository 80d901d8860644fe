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
    private let graphs: StepGraph
    private let train: Operation
    private let lossSum: Variable
    private let clearLossSum: Operation
    private let initialize: Operation
    private let checkpoint: CheckpointOperations
    private let evaluation: ClassifierEvaluation
    private let events: EventWriter

    /// Steps that the variables have seen.
    private(set) var step = 0

    /// Without a layout the training is this process's alone.
    init(
        _ description: ModelDescription, _ configuration: TrainingConfiguration, dataset: Dataset,
        eventsDirectory: String, layout: StepLayout? = nil
    ) throws {
        let graph = Graph()
        let outer = graph.enter(GraphScope(device: layout?.trainers[0].device ?? ""))
        defer { graph.leave(to: outer) }
        lossSum = try Variable("aerie/loss_sum", initialValue: graph.constant(0.0), shape: [], in: graph)
        let plan = StepGraph.Plan(
            description: description, configuration: configuration, dataset: dataset.description,
            recordCount: try dataset.recordCount(of: "train"))
        if let layout {
            graphs =
                try layout.parameterServers.isEmpty
                ? .allReduce(plan, layout, in: graph) : .parameterServers(plan, layout, in: graph)
        } else {
            graphs = try StepGraph(plan, file: dataset.file(of: "train"), in: graph)
        }
        let sum = try lossSum.assignAdd(graph.cast(graphs.loss, to: .double), after: graphs.updates)
        train = try graph.add("NoOp", name: "train", [], after: [sum])
        clearLossSum = try lossSum.assign(graph.constant(0.0))

        let variables = [graphs.globalStep, lossSum] + graphs.variables
        initialize = try graph.add("NoOp", name: "initialize", [], after: variables.map(\.initializer))
        checkpoint = try CheckpointOperations(
            variables: variables,
            constants: [ModelDescription.tensorName: graph.constant(string: description.json.description)], in: graph)
        evaluation = try ClassifierEvaluation(
            graphs.network, file: dataset.file(of: "validation"), dataset: dataset.description, in: graph)
        events = try EventWriter(in: graph)
        var session = SessionConfiguration(
            intraOperationThreads: configuration.threads, interOperationThreads: configuration.threads)
        session.operationTimeout = layout?.operationTimeout ?? 0
        self.session = try Session(graph, configuration: session, target: layout?.target)
        // The process ends soon after the training, and a task that was lost must not hold up the next try.
        if layout != nil { self.session.abandon() }
        try events.open(eventsDirectory, in: self.session)
    }

    /// Gives all variables their initial values and makes the first batch ready.
    func begin() throws(TFError) {
        try session.run(targets: [initialize])
        try makeReady()
    }

    /// Goes on from a checkpoint, with the batch that would have come next.
    func begin(from prefix: String) throws(TFError) {
        try checkpoint.restore(from: prefix, in: session)
        step = Int(try session.run(fetch: graphs.globalStep.value).scalar(of: Int64.self))
        try makeReady()
    }

    private func makeReady() throws(TFError) {
        if !graphs.synchronize.isEmpty { try session.run(targets: graphs.synchronize) }
        for input in graphs.inputs { try input.start(at: step, in: session) }
    }

    /// Trains one step and gives the loss of its batch.
    func trainStep() throws(TFError) -> Float {
        guard let value = try session.run(fetches: [graphs.loss], targets: [train]).first else { return .nan }
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

    /// Ends the event file of a training whose other tasks cannot be reached.
    func abandon() throws(TFError) { try events.close(in: session) }

    /// Throws ``TFError`` `aborted` when a task's own variables have seen other steps than these.
    ///
    /// A task that did not answer for a while may have finished a step that was given up meanwhile.
    func checkReplicas() throws(TFError) {
        guard !graphs.replicaSteps.isEmpty else { return }
        for value in try session.run(fetches: graphs.replicaSteps) {
            let theirs = try value.scalar(of: Int64.self)
            guard theirs == step else {
                throw TFError(.aborted, "a task has variables of step \(theirs) instead of \(step)")
            }
        }
    }

    /// Ends the input's threads and the event file.
    func end() throws(TFError) {
        try events.close(in: session)
        for input in graphs.inputs { try input.batches.stop(in: session) }
        try evaluation.stop(in: session)
    }
}
