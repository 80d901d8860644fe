import CTensorFlow

/// One tensor that an operation computes.
public struct Output: Hashable, Sendable {
    public let operation: Operation
    public let index: Int

    /// The name that TensorFlow uses, for example `probabilities:0`.
    public var name: String { "\(operation.name):\(index)" }

    public var dataType: DataType {
        get throws(TFError) { try DataType(TF_OperationOutputType(handle)) }
    }

    /// What is known of the shape before anything runs.
    public var shape: PartialShape {
        get throws(TFError) {
            let status = Status()
            let rank = TF_GraphGetTensorNumDims(operation.graph.handle, handle, status.handle)
            try status.check()
            guard rank >= 0 else { return .unknown }
            var sizes = [Int64](repeating: 0, count: Int(rank))
            TF_GraphGetTensorShape(operation.graph.handle, handle, &sizes, rank, status.handle)
            try status.check()
            return PartialShape(sizes.map { $0 < 0 ? nil : Int($0) })
        }
    }

    var handle: TF_Output { TF_Output(oper: operation.handle, index: Int32(index)) }
}
