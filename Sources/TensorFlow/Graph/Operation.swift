import CTensorFlow

/// A node of a graph; keeps its graph alive.
public struct Operation: Hashable, Sendable {
    public let graph: Graph
    // Written once by TensorFlow before it is handed out; freed with the graph.
    nonisolated(unsafe) let handle: OpaquePointer

    public var name: String { String(cString: TF_OperationName(handle)) }
    /// The kind of operation, for example `MatMul`.
    public var type: String { String(cString: TF_OperationOpType(handle)) }

    public var outputCount: Int { Int(TF_OperationNumOutputs(handle)) }

    public subscript(_ index: Int) -> Output { Output(operation: self, index: index) }

    /// The first output, which is the only one for most operations.
    public var output: Output { self[0] }

    public static func == (left: Operation, right: Operation) -> Bool { left.handle == right.handle }
    public func hash(into hasher: inout Hasher) { hasher.combine(handle) }
}
