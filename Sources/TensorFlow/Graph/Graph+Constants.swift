extension Graph {
    /// A value that is part of the graph.
    public func constant(_ tensor: Tensor, name: String? = nil) throws(TFError) -> Output {
        try add(
            "Const", name: name, [], attributes: ["dtype": .type(tensor.dataType), "value": .tensor(tensor)]
        ).output
    }

    /// A scalar that is part of the graph.
    public func constant<Scalar: TensorScalar>(_ scalar: Scalar, name: String? = nil) throws(TFError) -> Output {
        try constant(Tensor(scalar), name: name)
    }

    /// A vector that is part of the graph.
    public func constant<Scalar: TensorScalar>(_ scalars: [Scalar], name: String? = nil) throws(TFError) -> Output {
        try constant(Tensor(scalars), name: name)
    }

    /// A vector of strings that is part of the graph.
    public func constant(strings: [String], name: String? = nil) throws(TFError) -> Output {
        try constant(Tensor(strings: strings), name: name)
    }

    /// A string that is part of the graph.
    public func constant(string: String, name: String? = nil) throws(TFError) -> Output {
        try constant(Tensor(string: string), name: name)
    }

    /// An input that every run which needs it has to feed.
    public func placeholder(
        _ dataType: DataType, shape: PartialShape = .unknown, name: String? = nil
    ) throws(TFError) -> Output {
        try add(
            "Placeholder", name: name, [], attributes: ["dtype": .type(dataType), "shape": .shape(shape)]
        ).output
    }
}
