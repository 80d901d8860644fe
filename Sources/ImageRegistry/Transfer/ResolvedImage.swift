import KubernetesAPI

/// An image whose manifest and configuration were read and verified; its layers are still where they were.
public struct ResolvedImage: Sendable {
    public let manifest: ImageManifest
    /// The manifest as it was stored; its digest is the image's.
    public let document: Document
    public let configuration: ImageConfiguration
    public let source: any ImageSource

    public var digest: Digest { document.digest }

    /// More bytes than any manifest or configuration in use has.
    static let maximumDocumentSize: Int64 = 4 << 20

    /// Reads an image; of an index the manifest for the platform.
    ///
    /// - Parameter reference: Its tag or digest is asked for; its name appears in errors.
    /// - Throws: ``ImageError/Code/unsupported`` when the image is for other machines only, or what `source` throws.
    public init(
        _ reference: ImageReference, from source: any ImageSource, platform: Platform = .current
    ) async throws(ImageError) {
        var document = try await source.document(reference.tagOrDigest)
        if document.isIndex {
            let index: ImageIndex = try document.decode(name: "index of \(reference.name)")
            guard let descriptor = index.manifests.first(where: { $0.platform?.matches(platform) ?? false }) else {
                let others = index.manifests.compactMap { $0.platform?.description }.joined(separator: ", ")
                throw ImageError(
                    .unsupported,
                    "the image \(reference) is not for \(platform) but for \(others.isEmpty ? "none" : others)")
            }
            document = try await source.document(descriptor.digest.description)
        }
        let manifest: ImageManifest = try document.decode(name: "manifest of \(reference.name)")
        guard manifest.schemaVersion == 2 else {
            throw ImageError(
                .unsupported, "the manifest of \(reference) has the schema version \(manifest.schemaVersion)")
        }
        let name = "configuration of \(reference.name)"
        let bytes = try await source.blob(manifest.config, name: name).collect(upTo: Self.maximumDocumentSize)
        let configuration = ImageConfiguration(
            document: try Document(mediaType: manifest.config.mediaType, bytes: bytes).json(name: name))
        guard try configuration.layerDigests().count == manifest.layers.count else {
            throw ImageError(
                .invalidContent, "the configuration of \(reference) does not list as many layers as its manifest")
        }
        self.manifest = manifest
        self.document = document
        self.configuration = configuration
        self.source = source
    }
}

extension Document {
    var isIndex: Bool { MediaType.oci(mediaType) == MediaType.index }
}
