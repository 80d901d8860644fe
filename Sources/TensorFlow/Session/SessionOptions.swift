import CTensorFlow

/// A `TF_SessionOptions` that is freed with its scope.
struct SessionOptions: ~Copyable {
    let handle = TF_NewSessionOptions()

    init(_ configuration: SessionConfiguration) throws(TFError) {
        let status = Status()
        let bytes = try configuration.serialized
        bytes.withUnsafeBytes { TF_SetConfig(handle, $0.baseAddress, $0.count, status.handle) }
        try status.check()
    }

    deinit { TF_DeleteSessionOptions(handle) }
}
