package import TensorFlow

/// A version of a model that is loaded and can be called.
package struct ModelVersion: Sendable {
    package let version: Int64
    package let path: String
    package let model: SavedModel

    package init(version: Int64, path: String, model: SavedModel) {
        self.version = version
        self.path = path
        self.model = model
    }
}
