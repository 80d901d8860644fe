import AerieAPI
import TensorFlow

/// The operations that change variables by their gradients.
struct Optimizer {
    private let configuration: TrainingConfiguration
    private let graph: Graph
    /// The step's number, as float.
    private let step: Output

    /// Kingma and Ba 2015.
    private static let beta1 = Float(0.9)
    private static let beta2 = Float(0.999)
    private static let epsilon = Float(1e-7)

    init(_ configuration: TrainingConfiguration, step: Output, in graph: Graph) throws(TFError) {
        self.configuration = configuration
        self.graph = graph
        self.step = try graph.cast(step, to: .float)
    }

    /// Adds one update a variable.
    ///
    /// Gives the updates, and the variables that the optimizer itself keeps, which belong into a checkpoint.
    func update(
        _ variables: [Variable], by gradients: [Output], decaying: Set<String>
    ) throws(TFError) -> (updates: [Operation], slots: [Variable]) {
        let rate = try learningRate()
        let powers = try adamPowers()
        var updates: [Operation] = []
        var slots: [Variable] = []
        for (variable, gradient) in zip(variables, gradients) {
            var scope = graph.scope
            scope.device = variable.device
            let (operation, own) = try graph.scoped(scope) { () throws(TFError) -> (Operation, [Variable]) in
                try self.update(
                    variable, by: gradient, rate: rate, powers: powers, decays: decaying.contains(variable.name))
            }
            updates.append(operation)
            slots += own
        }
        return (updates, slots)
    }

    /// Updates one variable on its own device.
    private func update(
        _ variable: Variable, by gradient: Output, rate: Output, powers: (Output, Output), decays: Bool
    ) throws(TFError) -> (Operation, [Variable]) {
        switch configuration.optimizer {
        case .sgd: return (try graph.add("ResourceApplyGradientDescent", variable.handle, rate, gradient), [])
        case .momentum:
            let velocity = try slot("momentum", for: variable)
            let update = try graph.add(
                "ResourceApplyMomentum", variable.handle, velocity.handle, rate, gradient,
                graph.constant(Float(configuration.momentum)))
            return (update, [velocity])
        case .adam, .adamw:
            let decay = decays ? try decay(variable, rate: rate, after: gradient.operation) : []
            let first = try slot("adam_m", for: variable)
            let second = try slot("adam_v", for: variable)
            let update = try graph.add(
                "ResourceApplyAdam", name: nil,
                [
                    variable.handle, first.handle, second.handle, powers.0, powers.1, rate,
                    try graph.constant(Self.beta1), try graph.constant(Self.beta2),
                    try graph.constant(Self.epsilon), gradient,
                ].map { .single($0) }, after: decay)
            return (update, [first, second])
        }
    }

    private func slot(_ name: String, for variable: Variable) throws(TFError) -> Variable {
        let zeros = try Tensor(.float, shape: variable.shape)
        return try Variable(
            "\(variable.name)/\(name)", initialValue: graph.constant(zeros), shape: variable.shape, in: graph)
    }

    /// Decoupled weight decay (Loshchilov and Hutter 2019): the weights shrink by the rate, apart from the gradient.
    ///
    /// Not before the gradient is there, which other tasks may still compute from the weights.
    private func decay(
        _ variable: Variable, rate: Output, after gradient: Operation
    ) throws(TFError) -> [Operation] {
        guard configuration.optimizer == .adamw, configuration.weightDecay > 0 else { return [] }
        let share = try graph.multiply(rate, graph.constant(Float(configuration.weightDecay)))
        return [
            try graph.add(
                "AssignSubVariableOp", variable.handle, graph.multiply(variable.value, share),
                attributes: ["dtype": .type(.float)], after: [gradient])
        ]
    }

    private func learningRate() throws(TFError) -> Output {
        let start = try graph.constant(Float(configuration.learningRate))
        switch configuration.schedule {
        case .constant: return start
        case .cosine:
            let angle = try graph.multiply(step, graph.constant(Float.pi / Float(configuration.steps)))
            let raised = try graph.add("AddV2", graph.add("Cos", angle).output, graph.constant(Float(1))).output
            return try graph.multiply(start, graph.multiply(raised, graph.constant(Float(0.5))))
        }
    }

    /// The decay rates to the power of the number of updates so far and this one.
    private func adamPowers() throws(TFError) -> (Output, Output) {
        let count = try graph.add("AddV2", step, graph.constant(Float(1))).output
        return (
            try graph.add("Pow", graph.constant(Self.beta1), count).output,
            try graph.add("Pow", graph.constant(Self.beta2), count).output
        )
    }
}
