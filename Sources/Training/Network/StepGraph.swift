import AerieAPI
import TensorFlow

/// The operations of one training step, by however many tasks.
///
/// All ways give the same values but for the rounding of sums: the batch, the units that are left out and the updates
/// are the same functions of the seed and the step.
struct StepGraph {
    /// The network that is evaluated.
    let network: Network
    let globalStep: Variable
    /// The variables that a checkpoint holds besides the step.
    let variables: [Variable]
    /// The mean loss of the batch.
    let loss: Output
    /// Reads the records, a pipeline a task.
    let inputs: [TrainingPipeline]
    /// When all of these have run, the step is done.
    let updates: [Operation]
    /// Gives the variables' values to all tasks that have variables of their own.
    let synchronize: [Operation]
    /// The steps that those variables have seen.
    let replicaSteps: [Output]

    static let globalStepName = "global_step"

    /// What all ways have in common.
    struct Plan {
        var description: ModelDescription
        var configuration: TrainingConfiguration
        var dataset: DatasetDescription
        var recordCount: Int

        var batchSize: Int { min(configuration.batchSize, recordCount) }

        func data(_ file: String, _ share: BatchShare) -> TrainingData {
            TrainingData(dataset: dataset, file: file, recordCount: recordCount, share: share)
        }
    }

    /// A step in this process alone.
    init(_ plan: Plan, file: String, in graph: Graph) throws {
        globalStep = try Variable(Self.globalStepName, initialValue: graph.constant(Int64(0)), shape: [], in: graph)
        network = try Network(plan.description, seed: plan.configuration.seed, in: graph)
        let tower = try Tower(
            network, plan.description, plan.configuration, data: plan.data(file, .whole(plan.batchSize)),
            step: globalStep.value, in: graph)
        let optimizer = try Optimizer(plan.configuration, step: globalStep.value, in: graph)
        let (applied, slots) = try optimizer.update(
            network.variables, by: tower.gradients, decaying: network.kernels)
        updates = applied + [try globalStep.assignAdd(graph.constant(Int64(1)), after: applied)]
        variables = network.variables + slots
        loss = tower.loss
        inputs = [tower.input]
        synchronize = []
        replicaSteps = []
    }

    init(
        network: Network, globalStep: Variable, variables: [Variable], loss: Output, inputs: [TrainingPipeline],
        updates: [Operation], synchronize: [Operation] = [], replicaSteps: [Output] = []
    ) {
        self.network = network
        self.globalStep = globalStep
        self.variables = variables
        self.loss = loss
        self.inputs = inputs
        self.updates = updates
        self.synchronize = synchronize
        self.replicaSteps = replicaSteps
    }
}
