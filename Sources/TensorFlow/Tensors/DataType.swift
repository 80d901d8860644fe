import CTensorFlow

/// What the elements of a tensor are; raw values are TensorFlow's own numbers.
public enum DataType: UInt32, Hashable, Sendable, CaseIterable {
    case float = 1
    case double = 2
    case int32 = 3
    case uint8 = 4
    case int16 = 5
    case int8 = 6
    case string = 7
    case complex64 = 8
    case int64 = 9
    case bool = 10
    case bfloat16 = 14
    case uint16 = 17
    case complex128 = 18
    case half = 19
    case resource = 20
    case variant = 21
    case uint32 = 22
    case uint64 = 23

    init(_ type: TF_DataType) throws(TFError) {
        guard let known = DataType(rawValue: type.rawValue) else {
            throw TFError(.unimplemented, "tensors of data type \(type.rawValue) are not supported")
        }
        self = known
    }

    var handle: TF_DataType { TF_DataType(rawValue: rawValue) }

    /// Bytes an element takes; `nil` where elements have no fixed size (strings, resources, variants).
    public var byteCount: Int? {
        let size = TF_DataTypeSize(handle)
        return size == 0 || self == .string ? nil : size
    }

    /// The name that TensorFlow's protocols and Python use, for example `DT_FLOAT`.
    public var protocolName: String { "DT_" + String(describing: self).uppercased() }
}
