import AerieAPI
import TensorFlow

/// What one task computes of a step: its share of the batch, and the gradients of that.
struct Tower {
    let input: TrainingPipeline
    /// The share's part of the mean loss of the batch: the parts of all shares add up to it.
    let loss: Output
    /// One a variable of the network; those of all shares add up to the batch's.
    let gradients: [Output]

    init(
        _ network: Network, _ description: ModelDescription, _ configuration: TrainingConfiguration,
        data: TrainingData, step: Output, in graph: Graph
    ) throws {
        let share = data.share
        input = try TrainingPipeline(
            data.file, parser: ExampleParser(data.dataset), recordCount: data.recordCount, share: share,
            seed: configuration.seed, threads: configuration.threads, in: graph)
        let dropout = Dropout(
            rate: description.model.dropout, seed: configuration.seed, step: step, share: share)
        let logits = try network.logits(of: input.batches.images, dropout: dropout)
        let crossEntropy = try graph.add("SparseSoftmaxCrossEntropyWithLogits", logits, input.batches.labels)
        let all = try graph.constant([0] as [Int32])
        let scale = try graph.constant(1 / Float(share.batchSize))
        if share.isWhole {
            loss = try graph.add("Mean", crossEntropy[0], all).output
        } else {
            loss = try graph.multiply(graph.add("Sum", crossEntropy[0], all).output, scale)
        }
        // The operation has no registered gradient; its second output is the derivative by the logits.
        let derivative = try graph.multiply(crossEntropy[1], scale)
        gradients = try graph.gradients(of: [logits], by: network.variables.map(\.handle), initial: [derivative])
    }
}

/// Where a task finds its part of the training records.
struct TrainingData {
    var dataset: DatasetDescription
    /// The file on the task's own machine.
    var file: String
    var recordCount: Int
    var share: BatchShare
}

/// A ``Tower`` on another task.
///
/// It is built apart and imported, because only so the operations that compute gradients get a device too.
struct RemoteTower {
    let input: TrainingPipeline
    let loss: Output
    let gradients: [Output]

    init(
        _ description: ModelDescription, _ configuration: TrainingConfiguration, data: TrainingData,
        scope: GraphScope, into graph: Graph
    ) throws {
        let draft = Graph()
        let outer = draft.enter(scope)
        defer { draft.leave(to: outer) }
        let step = try Variable(
            StepGraph.globalStepName, initialValue: draft.constant(Int64(0)), shape: [], in: draft)
        let network = try Network(description, seed: nil, in: draft)
        let tower = try Tower(
            network, description, configuration, data: data, step: step.value, in: draft)
        try draft.add("Identity", name: "loss", tower.loss)
        for (index, gradient) in tower.gradients.enumerated() {
            try draft.add("Identity", name: "gradient_\(index)", gradient)
        }
        let prefix = "tower_\(data.share.index)"
        try graph.importDefinition(draft.definition(), prefix: prefix, device: scope.device)
        input = try TrainingPipeline(
            imported: prefix, recordCount: data.recordCount, batchSize: data.share.batchSize, in: graph)
        loss = try graph.imported("\(prefix)/loss").output
        var gradients: [Output] = []
        for index in tower.gradients.indices {
            gradients.append(try graph.imported("\(prefix)/gradient_\(index)").output)
        }
        self.gradients = gradients
    }
}
