import TensorFlow

/// Writes one output of a response as nested lists.
protocol TensorWriting {
    var shape: [Int] { get }
    /// Writes the next part that has this shape.
    mutating func write(shape: ArraySlice<Int>, to output: inout [UInt8])
}

struct TensorWriter<Element: TensorElement>: TensorWriting {
    let shape: [Int]
    private let elements: [Element]
    private var next = 0

    init(_ tensor: Tensor) throws(TFError) {
        shape = tensor.shape
        elements = try Element.elements(of: tensor)
    }

    mutating func write(shape: ArraySlice<Int>, to output: inout [UInt8]) {
        guard let size = shape.first else {
            elements[next].write(to: &output)
            next += 1
            return
        }
        output.append(UInt8(ascii: "["))
        for index in 0..<size {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            write(shape: shape.dropFirst(), to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }
}

extension Tensor {
    /// A writer for the output of this name.
    ///
    /// - Throws: `unimplemented` for types that JSON has no writing for.
    func writer(named name: String) throws(TFError) -> any TensorWriting {
        switch dataType {
        case .float: try TensorWriter<Float>(self)
        case .double: try TensorWriter<Double>(self)
        case .half: try TensorWriter<Float16>(self)
        case .bfloat16: try TensorWriter<BrainFloat>(self)
        case .int8: try TensorWriter<Int8>(self)
        case .int16: try TensorWriter<Int16>(self)
        case .int32: try TensorWriter<Int32>(self)
        case .int64: try TensorWriter<Int64>(self)
        case .uint8: try TensorWriter<UInt8>(self)
        case .uint16: try TensorWriter<UInt16>(self)
        case .uint32: try TensorWriter<UInt32>(self)
        case .uint64: try TensorWriter<UInt64>(self)
        case .bool: try TensorWriter<Bool>(self)
        case .string where name.hasSuffix("_bytes"): try TensorWriter<BytesElement>(self)
        case .string: try TensorWriter<TextElement>(self)
        case .complex64, .complex128, .resource, .variant:
            throw TFError(.unimplemented, "output \"\(name)\" of type \(dataType.protocolName) has no JSON writing")
        }
    }
}
