extension Tensor {
    /// A tensor with these elements in row-major order; throws when their number does not fit the shape.
    public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: [Int]) throws(TFError) {
        let count = try Self.count(of: shape)
        guard count == scalars.count else {
            throw TFError(.invalidArgument, "\(scalars.count) values do not fill a tensor of shape \(shape)")
        }
        let byteCount = count * MemoryLayout<Scalar>.stride
        let storage = try Self.allocate(Scalar.dataType, shape: shape, byteCount: byteCount)
        scalars.withUnsafeBytes { storage.bytes.copyMemory(from: $0) }
        self.dataType = Scalar.dataType
        self.shape = shape
        self.storage = storage
    }

    /// A vector.
    public init<Scalar: TensorScalar>(_ scalars: [Scalar]) throws(TFError) {
        try self.init(scalars, shape: [scalars.count])
    }

    /// A tensor of no dimensions.
    public init<Scalar: TensorScalar>(_ scalar: Scalar) throws(TFError) { try self.init([scalar], shape: []) }

    /// The elements in row-major order; throws when they are of another type.
    public func scalars<Scalar: TensorScalar>(of type: Scalar.Type = Scalar.self) throws(TFError) -> [Scalar] {
        guard dataType == Scalar.dataType else {
            throw TFError(.invalidArgument, "a tensor of \(dataType) cannot be read as \(Scalar.dataType)")
        }
        return withUnsafeBytes { Array($0.bindMemory(to: Scalar.self)) }
    }

    /// The only element; throws when there are more, none, or of another type.
    public func scalar<Scalar: TensorScalar>(of type: Scalar.Type = Scalar.self) throws(TFError) -> Scalar {
        let all = try scalars(of: type)
        guard let first = all.first, all.count == 1 else {
            throw TFError(.invalidArgument, "a tensor of shape \(shape) is not one value")
        }
        return first
    }
}
