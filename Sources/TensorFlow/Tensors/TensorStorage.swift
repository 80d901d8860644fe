import CTensorFlow

/// Owns one `TF_Tensor`.
///
/// Safe to share: the elements are written before the value that wraps the storage is handed out, and never after;
/// TensorFlow itself only reads fed and fetched buffers.
final class TensorStorage: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { TF_DeleteTensor(handle) }

    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: TF_TensorData(handle), count: TF_TensorByteSize(handle))
    }
}
