import TensorFlow

/// Leaves out units at random; which ones is a function of the seed, the step and the layer alone, so that a resumed
/// training leaves out the same.
struct Dropout {
    /// Share of units that is left out.
    var rate: Double
    var seed: Int
    /// The step's number, a scalar of int64.
    var step: Output
    /// The records of the batch that the network is applied to.
    var share: BatchShare

    /// Seeds below this number are for the initial values of variables.
    static let firstStream = 1024

    func apply(to input: Output, width: Int, layer: Int) throws(TFError) -> Output {
        guard rate > 0 else { return input }
        let graph = step.operation.graph
        let stride = try graph.constant(Int64(Self.firstStream))
        let next = try graph.add("AddV2", step, graph.constant(Int64(1))).output
        let stream = try graph.add(
            "AddV2", graph.multiply(next, stride), graph.constant(Int64(layer))
        ).output
        let seeds = try graph.add("Pack", name: nil, [[graph.constant(Int64(seed)), stream]]).output
        // For the whole batch, so that a record's units do not depend on who computes it.
        var random = try graph.uniform([share.batchSize, width], seeds: seeds)
        if !share.isWhole {
            random = try graph.add(
                "Slice", random, graph.constant([Int32(share.rows.lowerBound), 0]),
                graph.constant([Int32(share.rows.count), Int32(width)])
            ).output
        }
        let kept = try graph.add("GreaterEqual", random, graph.constant(Float(rate))).output
        let scale = try graph.constant(Float(1 / (1 - rate)))
        return try graph.multiply(input, graph.multiply(graph.cast(kept, to: .float), scale))
    }
}
