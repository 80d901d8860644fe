public import TensorFlow

/// How a record stores the pixels of an image, one after the other, little-endian.
public enum PixelType: String, Hashable, Sendable, CaseIterable {
    case uint8, uint16, float32

    public var dataType: DataType {
        switch self {
        case .uint8: .uint8
        case .uint16: .uint16
        case .float32: .float
        }
    }

    /// What `normalization: scale` divides by.
    var fullScale: Double {
        switch self {
        case .uint8: 255
        case .uint16: 65535
        case .float32: 1
        }
    }
}
