import CTensorFlow

/// A `TF_Buffer` that is freed with its scope.
struct Buffer: ~Copyable {
    let handle: UnsafeMutablePointer<TF_Buffer>?

    /// An empty buffer for TensorFlow to fill.
    init() { handle = TF_NewBuffer() }

    /// A buffer with a copy of these bytes.
    init(_ bytes: [UInt8]) { handle = bytes.withUnsafeBytes { TF_NewBufferFromString($0.baseAddress, $0.count) } }

    deinit { TF_DeleteBuffer(handle) }

    /// A copy of the contents.
    var bytes: [UInt8] {
        guard let handle else { return [] }
        return Array(UnsafeRawBufferPointer(start: handle.pointee.data, count: handle.pointee.length))
    }
}
