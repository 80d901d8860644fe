import CTensorFlow

/// The TensorFlow library that this process is linked with.
public enum TensorFlowLibrary {
    /// For example `2.21.0`.
    public static var version: String { String(cString: TF_Version()) }
}
