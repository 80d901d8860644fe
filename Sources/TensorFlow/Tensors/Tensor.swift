import CTensorFlow

/// An immutable array of numbers, booleans or strings with a shape, in memory that TensorFlow can use without copying.
///
/// Elements are in row-major order: the last dimension varies fastest.
public struct Tensor: Sendable {
    public let dataType: DataType
    /// The size of each dimension; empty for a scalar.
    public let shape: [Int]
    let storage: TensorStorage

    /// Wraps a tensor that TensorFlow made.
    init(_ storage: TensorStorage) throws(TFError) {
        dataType = try DataType(TF_TensorType(storage.handle))
        shape = (0..<TF_NumDims(storage.handle)).map { Int(TF_Dim(storage.handle, $0)) }
        self.storage = storage
    }

    /// Makes a tensor whose bytes `write` fills in place, in memory aligned for TensorFlow, so that it is never copied.
    ///
    /// The bytes are zero before. Only for data types of fixed size.
    public init<Failure: Error>(
        _ dataType: DataType, shape: [Int], write: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws {
        try self.init(dataType, shape: shape)
        try write(storage.bytes)
    }

    /// A tensor of zeros, of a data type of fixed size.
    public init(_ dataType: DataType, shape: [Int]) throws(TFError) {
        guard let size = dataType.byteCount else {
            throw TFError(.invalidArgument, "a tensor of \(dataType) has no elements of fixed size")
        }
        storage = try Self.allocate(dataType, shape: shape, byteCount: size * Self.count(of: shape))
        storage.bytes.initializeMemory(as: UInt8.self, repeating: 0)
        self.dataType = dataType
        self.shape = shape
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Calls `body` with the elements' bytes; the pointer is only valid until it returns.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage.bytes))
    }

    /// The number of elements of a shape; refuses negative sizes and more elements than can be counted.
    static func count(of shape: [Int]) throws(TFError) -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { throw TFError(.invalidArgument, "\(shape) is not a shape") }
            count = product
        }
        return count
    }

    static func allocate(_ dataType: DataType, shape: [Int], byteCount: Int) throws(TFError) -> TensorStorage {
        let sizes = shape.map(Int64.init)
        guard let handle = TF_AllocateTensor(dataType.handle, sizes, Int32(sizes.count), byteCount) else {
            throw TFError(.resourceExhausted, "cannot allocate \(byteCount) bytes for a tensor of shape \(shape)")
        }
        return TensorStorage(handle)
    }
}
