/// The operations of a graph that save its variables as a V2 checkpoint and read them back.
///
/// Python's `tf.train.load_checkpoint` reads what they write.
public struct CheckpointOperations: Sendable {
    private let parts: Output
    private let destination: Output
    private let source: Output
    private let merge: Operation
    private let restore: Operation

    /// Saves the variables, and `constants` beside them under the names they are given; restores the variables.
    public init(variables: [Variable], constants: [String: Output] = [:], in graph: Graph) throws(TFError) {
        let extra = constants.sorted { $0.key < $1.key }
        var types = variables.map(\.dataType)
        for (_, output) in extra { types.append(try output.dataType) }
        let names = variables.map(\.name) + extra.map(\.key)
        let tensors = variables.map(\.value) + extra.map(\.value)
        let slices = try graph.constant(strings: names.map { _ in "" }, name: "checkpoint/slices")
        let part = try graph.placeholder(.string, shape: .scalar, name: "checkpoint/part")
        let save = try graph.add(
            "SaveV2", name: "checkpoint/save",
            [
                .single(part), .single(graph.constant(strings: names, name: "checkpoint/names")), .single(slices),
                .list(tensors),
            ], attributes: ["dtypes": .types(types)])
        let vector = try graph.add(
            "Pack", name: "checkpoint/parts", [[part]], attributes: ["axis": .int(0)], after: [save]
        ).output
        destination = try graph.placeholder(.string, shape: .scalar, name: "checkpoint/destination")
        merge = try graph.add(
            "MergeV2Checkpoints", name: "checkpoint/merge", vector, destination,
            attributes: ["delete_old_dirs": .bool(true)])
        parts = part

        source = try graph.placeholder(.string, shape: .scalar, name: "checkpoint/source")
        restore = try graph.addRestore(of: variables, from: source, name: "checkpoint/restore")
    }

    /// Writes `prefix.index` and `prefix.data-…`.
    ///
    /// The prefix must be new: a process killed while it overwrites a checkpoint leaves neither the old nor the new one.
    /// What such a process leaves of a new one is a folder `prefix_temp`.
    public func save(to prefix: String, in session: Session) throws(TFError) {
        try session.run(
            feeds: [parts: Tensor(string: prefix + "_temp/part"), destination: Tensor(string: prefix)],
            targets: [merge])
    }

    /// Sets all variables to the values in a checkpoint.
    public func restore(from prefix: String, in session: Session) throws(TFError) {
        try session.run(feeds: [source: Tensor(string: prefix)], targets: [restore])
    }
}

extension Graph {
    /// Adds the operations that read variables from the checkpoint that `prefix` names, and one that does it all.
    func addRestore(of variables: [Variable], from prefix: Output, name: String) throws(TFError) -> Operation {
        let names = try constant(strings: variables.map(\.name), name: "\(name)_names")
        let slices = try constant(strings: variables.map { _ in "" }, name: "\(name)_slices")
        let read = try add(
            "RestoreV2", name: "\(name)_values", prefix, names, slices,
            attributes: ["dtypes": .types(variables.map(\.dataType))])
        var assignments: [Operation] = []
        for (index, variable) in variables.enumerated() { assignments.append(try variable.assign(read[index])) }
        return try add("NoOp", name: name, [], after: assignments)
    }
}
