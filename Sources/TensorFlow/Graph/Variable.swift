/// A value that a session keeps from run to run.
public struct Variable: Hashable, Sendable {
    /// The name in checkpoints, and in the graph behind the scope's prefix.
    public let name: String
    /// The device that holds it; empty where TensorFlow chose one.
    public let device: String
    public let dataType: DataType
    public let shape: [Int]
    /// The resource; gradients are taken by it.
    public let handle: Output
    /// The value at the time it is read.
    public let value: Output
    /// What the variable starts from.
    public let initialValue: Output
    /// Gives the variable its initial value.
    public let initializer: Operation

    public init(_ name: String, initialValue: Output, shape: [Int], in graph: Graph) throws(TFError) {
        let dataType = try initialValue.dataType
        var scope = graph.scope
        scope.device = scope.variableDevices[name] ?? scope.device
        self.name = name
        device = scope.device
        self.dataType = dataType
        self.shape = shape
        self.initialValue = initialValue
        let (handle, value, initializer) = try graph.scoped(scope) {
            () throws(TFError) -> (Output, Output, Operation) in
            let handle = try graph.add(
                "VarHandleOp", name: name, [],
                attributes: [
                    "dtype": .type(dataType), "shape": .shape(PartialShape(shape.map(Optional.some))),
                    "shared_name": .string(name), "container": .string(""),
                ]
            ).output
            let value = try graph.add(
                "ReadVariableOp", name: "\(name)/read", handle, attributes: ["dtype": .type(dataType)]
            ).output
            let initializer = try graph.add(
                "AssignVariableOp", name: "\(name)/assign", handle, initialValue,
                attributes: ["dtype": .type(dataType)])
            return (handle, value, initializer)
        }
        self.handle = handle
        self.value = value
        self.initializer = initializer
    }

    /// A further operation that sets the variable.
    public func assign(_ newValue: Output, after controls: [Operation] = []) throws(TFError) -> Operation {
        try handle.operation.graph.add(
            "AssignVariableOp", handle, newValue, attributes: ["dtype": .type(dataType)], after: controls)
    }

    /// An operation that adds to the variable.
    public func assignAdd(_ delta: Output, after controls: [Operation] = []) throws(TFError) -> Operation {
        try handle.operation.graph.add(
            "AssignAddVariableOp", handle, delta, attributes: ["dtype": .type(dataType)], after: controls)
    }
}
