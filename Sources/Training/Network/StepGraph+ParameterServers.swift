import AerieAPI
import TensorFlow

extension StepGraph {
    /// A step by tasks that fetch the variables from parameter servers, compute a share of the batch and leave the
    /// gradients there.
    ///
    /// Updates are synchronous: a server adds up the gradients of all shares and changes a variable once a step. Nothing
    /// is changed before the gradients of all variables are there.
    static func parameterServers(_ plan: Plan, _ layout: StepLayout, in graph: Graph) throws -> StepGraph {
        let shares = BatchShare.all(of: plan.batchSize, among: layout.trainers.count)
        let devices = try placement(plan, on: layout.parameterServers)
        let outer = graph.enter(GraphScope(device: layout.trainers[0].device, variableDevices: devices))
        defer { graph.leave(to: outer) }
        let step = try Variable(globalStepName, initialValue: graph.constant(Int64(0)), shape: [], in: graph)
        let network = try Network(plan.description, seed: plan.configuration.seed, in: graph)
        let tower = try Tower(
            network, plan.description, plan.configuration, data: plan.data(layout.trainers[0].file, shares[0]),
            step: step.value, in: graph)
        var inputs = [tower.input]
        var losses = [tower.loss]
        var gradients = [tower.gradients]
        for (trainer, share) in zip(layout.trainers, shares).dropFirst() {
            let remote = try RemoteTower(
                plan.description, plan.configuration, data: plan.data(trainer.file, share),
                scope: GraphScope(device: trainer.device, variableDevices: devices), into: graph)
            inputs.append(remote.input)
            losses.append(remote.loss)
            gradients.append(remote.gradients)
        }
        let sums = try onTheirDevices(network.variables, in: graph) { index throws(TFError) in
            try graph.sum(gradients.map { $0[index] })
        }
        let complete = try graph.add("NoOp", name: "gradients_complete", [], after: sums.map(\.operation))
        let gated = try onTheirDevices(network.variables, in: graph) { index throws(TFError) in
            try graph.add("Identity", name: nil, [.single(sums[index])], after: [complete]).output
        }
        let optimizer = try Optimizer(plan.configuration, step: step.value, in: graph)
        let (applied, slots) = try optimizer.update(network.variables, by: gated, decaying: network.kernels)
        return StepGraph(
            network: network, globalStep: step, variables: network.variables + slots,
            loss: try graph.sum(losses), inputs: inputs,
            updates: applied + [try step.assignAdd(graph.constant(Int64(1)), after: applied)])
    }

    /// The server of each variable: the one that has the fewest numbers so far.
    private static func placement(_ plan: Plan, on servers: [String]) throws(TFError) -> [String: String] {
        var loads = [Int](repeating: 0, count: servers.count)
        var devices = [globalStepName: servers[0]]
        for variable in try Network(plan.description, seed: nil, in: Graph()).variables {
            let least = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[least] += variable.shape.reduce(1, *)
            devices[variable.name] = servers[least]
        }
        return devices
    }

    private static func onTheirDevices(
        _ variables: [Variable], in graph: Graph, _ body: (Int) throws(TFError) -> Output
    ) throws(TFError) -> [Output] {
        var results: [Output] = []
        for (index, variable) in variables.enumerated() {
            let scope = GraphScope(device: variable.device)
            results.append(
                try graph.scoped(scope) { () throws(TFError) -> Output in try body(index) })
        }
        return results
    }
}
