import CTensorFlow

/// A `TF_SessionOptions` that is freed with its scope.
struct SessionOptions: ~Copyable {
    let handle = TF_NewSessionOptions()

    /// `target` is the server that a session runs on; without one it runs in this process.
    init(_ configuration: SessionConfiguration, target: String? = nil) throws(TFError) {
        if let target { TF_SetTarget(handle, target) }
        let status = Status()
        let bytes = try configuration.serialized
        bytes.withUnsafeBytes { TF_SetConfig(handle, $0.baseAddress, $0.count, status.handle) }
        try status.check()
    }

    deinit { TF_DeleteSessionOptions(handle) }
}
