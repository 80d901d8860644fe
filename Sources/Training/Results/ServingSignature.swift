import TensorFlow

/// The names in `serving_default` of a classifier that the trainer exports.
enum ServingSignature {
    /// Raw pixel values, float32 `[?, rows, columns, bands]`.
    static let image = "image"
    /// float32 `[?, classes]`.
    static let probabilities = "probabilities"
    /// int64 `[?]`.
    static let predictedClass = "class"
}
