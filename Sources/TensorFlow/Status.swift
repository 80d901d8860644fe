import CTensorFlow

/// A `TF_Status` that is freed with its scope.
struct Status: ~Copyable {
    let handle = TF_NewStatus()

    deinit { TF_DeleteStatus(handle) }

    /// Throws what the last call that was given this status reported.
    func check() throws(TFError) {
        let code = TF_GetCode(handle).rawValue
        guard code != 0 else { return }
        throw TFError(TFError.Code(rawValue: code) ?? .unknown, String(cString: TF_Message(handle)))
    }
}
