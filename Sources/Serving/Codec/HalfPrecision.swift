import TensorFlow

extension Float16: TensorElement {
    static func read(from scanner: inout JSONScanner) throws(TFError) -> Float16 {
        let number = try scanner.number()
        let value = Float16(number.double(in: scanner.bytes))
        try number.check(value, keptExactlyUpTo: 1 << 11 - 1, in: scanner.bytes)
        return value
    }

    func write(to output: inout [UInt8]) { writeDecimal(to: &output) }

    static func tensor(of elements: [Float16], shape: [Int]) throws(TFError) -> Tensor {
        try Tensor(elements.map(\.bitPattern), as: .half, shape: shape)
    }

    static func elements(of tensor: Tensor) throws(TFError) -> [Float16] {
        tensor.bitPatterns.map(Float16.init(bitPattern:))
    }
}

/// A `Float` without its lower sixteen bits, TensorFlow's `bfloat16`.
struct BrainFloat: TensorElement {
    var bitPattern: UInt16

    /// The nearest value, ties to even.
    init(_ value: Float) {
        let bits = value.bitPattern
        guard value.isFinite else {
            // Keeps a NaN one, whatever its lower bits.
            bitPattern = UInt16(bits >> 16) | (value.isNaN ? 0x40 : 0)
            return
        }
        bitPattern = UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }

    init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    var value: Float { Float(bitPattern: UInt32(bitPattern) << 16) }

    static func read(from scanner: inout JSONScanner) throws(TFError) -> BrainFloat {
        let number = try scanner.number()
        let element = BrainFloat(number.float(in: scanner.bytes))
        try number.check(element.value, keptExactlyUpTo: 1 << 8 - 1, in: scanner.bytes)
        return element
    }

    func write(to output: inout [UInt8]) { value.writeDecimal(to: &output) }

    static func tensor(of elements: [BrainFloat], shape: [Int]) throws(TFError) -> Tensor {
        try Tensor(elements.map(\.bitPattern), as: .bfloat16, shape: shape)
    }

    static func elements(of tensor: Tensor) throws(TFError) -> [BrainFloat] {
        tensor.bitPatterns.map(BrainFloat.init(bitPattern:))
    }
}

extension Tensor {
    /// A tensor of a type that Swift has no scalar for, by the bits of its elements.
    fileprivate init(_ bitPatterns: [UInt16], as dataType: DataType, shape: [Int]) throws(TFError) {
        guard bitPatterns.count == shape.reduce(1, *) else {
            throw TFError(.invalidArgument, "\(bitPatterns.count) values do not fill a tensor of shape \(shape)")
        }
        do {
            try self.init(dataType, shape: shape) { bytes in
                bitPatterns.withUnsafeBytes { bytes.copyMemory(from: $0) }
            }
        } catch let error as TFError {
            throw error
        } catch {
            throw TFError(.internal, "\(error)")
        }
    }

    fileprivate var bitPatterns: [UInt16] { withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) } }
}
