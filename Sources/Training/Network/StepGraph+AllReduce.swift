import AerieAPI
import TensorFlow

extension StepGraph {
    /// A step by tasks that each have all variables and compute a share of the batch.
    ///
    /// The gradients are laid out as one vector. Task i adds up the i-th part of everybody's vector, and everybody
    /// fetches all the sums: each vector crosses the network twice, however many tasks there are, and everybody makes the
    /// same update from the same bits. Nothing is changed before all sums are there.
    static func allReduce(_ plan: Plan, _ layout: StepLayout, in graph: Graph) throws -> StepGraph {
        let shares = BatchShare.all(of: plan.batchSize, among: layout.trainers.count)
        let scopes = layout.trainers.indices.map { index in
            GraphScope(prefix: index == 0 ? "" : "replica_\(index)", device: layout.trainers[index].device)
        }
        let outer = graph.enter(scopes[0])
        defer { graph.leave(to: outer) }
        let lead = try Replica(plan, seed: plan.configuration.seed, in: graph)
        let tower = try Tower(
            lead.network, plan.description, plan.configuration,
            data: plan.data(layout.trainers[0].file, shares[0]), step: lead.step.value, in: graph)
        var inputs = [tower.input]
        var vectors = [try graph.vector(of: tower.gradients + [tower.loss])]
        for index in layout.trainers.indices.dropFirst() {
            let remote = try RemoteTower(
                plan.description, plan.configuration, data: plan.data(layout.trainers[index].file, shares[index]),
                scope: GraphScope(device: layout.trainers[index].device), into: graph)
            inputs.append(remote.input)
            vectors.append(
                try graph.scoped(scopes[index]) { () throws(TFError) -> Output in
                    try graph.vector(of: remote.gradients + [remote.loss])
                })
        }
        let sums = try reduce(vectors, shapes: lead.network.variables.map(\.shape), scopes: scopes, in: graph)

        var updates: [Operation] = []
        var synchronize: [Operation] = []
        var replicaSteps: [Output] = []
        var checkpointed: [Variable] = []
        var loss = tower.loss
        for (index, scope) in scopes.enumerated() {
            _ = graph.enter(scope)
            let replica = index == 0 ? lead : try Replica(plan, seed: nil, in: graph)
            let reduced = try graph.pieces(
                of: graph.concatenate(sums), shapes: replica.network.variables.map(\.shape) + [[]])
            let optimizer = try Optimizer(plan.configuration, step: replica.step.value, in: graph)
            let (applied, slots) = try optimizer.update(
                replica.network.variables, by: reduced.dropLast(), decaying: replica.network.kernels)
            updates += applied + [try replica.step.assignAdd(graph.constant(Int64(1)), after: applied)]
            let variables = [replica.step] + replica.network.variables + slots
            if index == 0 {
                checkpointed = variables
                loss = reduced[reduced.count - 1]
            } else {
                replicaSteps.append(replica.step.value)
                for (source, copy) in zip(checkpointed, variables) {
                    synchronize.append(try copy.assign(source.value))
                }
            }
        }
        return StepGraph(
            network: lead.network, globalStep: lead.step, variables: Array(checkpointed.dropFirst()), loss: loss,
            inputs: inputs,
            updates: updates, synchronize: synchronize, replicaSteps: replicaSteps)
    }

    /// The variables of one task.
    private struct Replica {
        let step: Variable
        let network: Network

        init(_ plan: Plan, seed: Int?, in graph: Graph) throws {
            step = try Variable(
                StepGraph.globalStepName, initialValue: graph.constant(Int64(0)), shape: [], in: graph)
            network = try Network(plan.description, seed: seed, in: graph)
        }
    }

    /// The sum of the vectors in as many parts as there are tasks, each on the task that adds it up.
    private static func reduce(
        _ vectors: [Output], shapes: [[Int]], scopes: [GraphScope], in graph: Graph
    ) throws(TFError) -> [Output] {
        let count = shapes.reduce(1) { $0 + $1.reduce(1, *) }
        let sizes = scopes.indices.map { ($0 + 1) * count / scopes.count - $0 * count / scopes.count }
        var parts: [Operation] = []
        for (vector, scope) in zip(vectors, scopes) {
            parts.append(
                try graph.scoped(scope) { () throws(TFError) -> Operation in
                    try graph.split(vector, sizes: sizes)
                })
        }
        var sums: [Output] = []
        for (index, scope) in scopes.enumerated() {
            sums.append(
                try graph.scoped(scope) { () throws(TFError) -> Output in
                    try graph.sum(parts.map { $0[index] })
                })
        }
        return sums
    }
}
