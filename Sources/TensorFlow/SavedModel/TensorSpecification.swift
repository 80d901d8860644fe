/// An input or an output of a signature: what to feed or what comes back.
public struct TensorSpecification: Hashable, Sendable {
    /// The tensor in the model's graph, for example `image:0`.
    public var tensorName: String
    public var dataType: DataType
    public var shape: PartialShape

    public init(tensorName: String, dataType: DataType, shape: PartialShape) {
        self.tensorName = tensorName
        self.dataType = dataType
        self.shape = shape
    }

    /// An output of a graph as it is.
    public init(_ output: Output) throws(TFError) {
        self.init(tensorName: output.name, dataType: try output.dataType, shape: try output.shape)
    }
}

extension TensorSpecification {
    init(_ info: ProtoTensorInfo) throws(TFError) {
        guard let dataType = DataType(rawValue: UInt32(clamping: info.dtype)) else {
            throw TFError(.unimplemented, "\(info.name) has data type \(info.dtype), which is not supported")
        }
        self.init(
            tensorName: info.name, dataType: dataType,
            shape: info.tensorShape.unknownRank
                ? .unknown : PartialShape(info.tensorShape.dim.map { $0.size < 0 ? nil : Int($0.size) }))
    }

    var message: ProtoTensorInfo {
        var info = ProtoTensorInfo()
        info.name = tensorName
        info.dtype = Int32(dataType.rawValue)
        info.tensorShape.unknownRank = shape.dimensions == nil
        info.tensorShape.dim = (shape.sizes ?? []).map { size in
            var dimension = ProtoTensorShapeProto.Dim()
            dimension.size = size
            return dimension
        }
        return info
    }
}
