/// Writes an image to a destination: blobs first, then the manifest, so that what can be named is complete.
public struct ImageTransfer: Sendable {
    /// What is known about the transfer so far.
    public enum Progress: Hashable, Sendable {
        case storing(name: String, bytes: Int64)
        case stored(name: String, bytes: Int64, BlobOutcome)
    }

    private let destination: any ImageDestination
    private let report: @Sendable (Progress) -> Void

    public init(to destination: any ImageDestination, report: @escaping @Sendable (Progress) -> Void = { _ in }) {
        self.destination = destination
        self.report = report
    }

    /// Stores blobs in order, each at most once, then the manifest.
    ///
    /// Doing it again sends nothing but the manifest.
    public func store(blobs: [Blob], manifest: Document, tag: String?) async throws(ImageError) {
        var done: Set<Digest> = []
        for blob in blobs where done.insert(blob.descriptor.digest).inserted {
            report(.storing(name: blob.name, bytes: blob.descriptor.size))
            let outcome = try await destination.store(blob)
            report(.stored(name: blob.name, bytes: blob.descriptor.size, outcome))
        }
        try await destination.store(manifest, tag: tag)
    }

    /// Copies an image as it is: the manifest's bytes, and so its digest, stay the same.
    public func copy(_ image: ResolvedImage, tag: String?) async throws(ImageError) {
        let layers = image.manifest.layers.map { image.source.blob($0, name: "layer") }
        let configuration = image.source.blob(image.manifest.config, name: "configuration")
        try await store(blobs: layers + [configuration], manifest: image.document, tag: tag)
    }
}
