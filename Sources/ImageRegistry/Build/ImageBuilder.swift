/// Assembles an image from a base and one more layer, without a container engine.
///
/// The result depends on nothing but what goes in: the same layer, base digest and metadata give the same digest, on
/// every machine and at any time. The name that the base was asked for by does not count.
public struct ImageBuilder: Sendable {
    /// `nil` starts from nothing.
    public var base: ResolvedImage?
    /// Only for an image without a base.
    public var platform: Platform
    public var metadata: ImageMetadata

    public init(base: ResolvedImage?, platform: Platform = .current, metadata: ImageMetadata) {
        self.base = base
        self.platform = platform
        self.metadata = metadata
    }

    /// An image that is complete but nowhere yet.
    public struct Product: Sendable {
        public let manifest: Document
        /// Everything the manifest refers to: the layers, then the configuration.
        public let blobs: [Blob]

        public var digest: Digest { manifest.digest }
    }

    /// Puts a layer on top.
    ///
    /// - Parameter createdBy: For the image's history.
    public func build(layer: Blob, createdBy: String) throws(ImageError) -> Product {
        var configuration = base?.configuration ?? ImageConfiguration(platform: platform)
        configuration.created = metadata.created
        configuration.labels.merge(metadata.labels) { _, new in new }
        for (name, value) in metadata.environment.sorted(by: { $0.key < $1.key }) {
            configuration.setEnvironment(name, value)
        }
        if let entrypoint = metadata.entrypoint { configuration.entrypoint = entrypoint }
        if let command = metadata.command { configuration.command = command }
        if let user = metadata.user { configuration.user = user }
        if let workingDirectory = metadata.workingDirectory { configuration.workingDirectory = workingDirectory }
        configuration.appendLayer(uncompressed: layer.descriptor.digest, createdBy: createdBy)

        // The layers of a Docker image are the same bytes under another name.
        var baseLayers = base?.manifest.layers ?? []
        for index in baseLayers.indices { baseLayers[index].mediaType = MediaType.oci(baseLayers[index].mediaType) }

        var annotations = metadata.annotations
        annotations["org.opencontainers.image.created"] = metadata.created
        if let base { annotations["org.opencontainers.image.base.digest"] = base.digest.description }

        let document = Document(configuration)
        let manifest = ImageManifest(
            config: document.descriptor, layers: baseLayers + [layer.descriptor], annotations: annotations)
        var blobs = [layer, Blob(document, name: "configuration \(document.digest)")]
        if let base { blobs.insert(contentsOf: baseLayers.map { base.source.blob($0, name: "base layer") }, at: 0) }
        return Product(manifest: try Document(manifest), blobs: blobs)
    }
}
