import TensorFlow

/// Many tensors laid out as one vector and back.
extension Graph {
    func vector(of tensors: [Output]) throws(TFError) -> Output {
        let whole = try constant([-1] as [Int32])
        var flat: [Output] = []
        for tensor in tensors { flat.append(try add("Reshape", tensor, whole).output) }
        return try concatenate(flat)
    }

    func concatenate(_ vectors: [Output]) throws(TFError) -> Output {
        guard vectors.count > 1 else { return vectors[0] }
        return try add("ConcatV2", name: nil, [.list(vectors), .single(constant(Int32(0)))]).output
    }

    /// Consecutive parts of a vector.
    func split(_ vector: Output, sizes: [Int]) throws(TFError) -> Operation {
        try add(
            "SplitV", vector, constant(sizes.map(Int64.init)), constant(Int32(0)),
            attributes: ["num_split": .int(sizes.count)])
    }

    /// Tensors of these shapes, one behind the other.
    func pieces(of vector: Output, shapes: [[Int]]) throws(TFError) -> [Output] {
        let parts = try split(vector, sizes: shapes.map { $0.reduce(1, *) })
        var pieces: [Output] = []
        for (index, shape) in shapes.enumerated() {
            pieces.append(try add("Reshape", parts[index], constant(shape.map(Int32.init))).output)
        }
        return pieces
    }

    /// Adds in the order given, always: `AddN` begins with whichever of its inputs it can overwrite.
    func sum(_ tensors: [Output]) throws(TFError) -> Output {
        guard tensors.count > 1 else { return tensors[0] }
        let stack = try add("Pack", name: nil, [.list(tensors)], attributes: ["axis": .int(0)]).output
        return try add("Sum", stack, constant([0] as [Int32])).output
    }
}
