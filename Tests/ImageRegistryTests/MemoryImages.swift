import ImageRegistry
import Synchronization
import Testing

/// Images in memory, as a place to read from and to write to.
final class MemoryImages: ImageSource, ImageDestination {
    private struct Content {
        var blobs: [Digest: Document] = [:]
        var documents: [String: Document] = [:]
    }

    private let content = Mutex(Content())

    func document(_ tagOrDigest: String) async throws(ImageError) -> Document {
        guard let document = content.withLock({ $0.documents[tagOrDigest] }) else {
            throw ImageError(.notFound, "no image \(tagOrDigest)")
        }
        return document
    }

    func blob(_ descriptor: Descriptor, name: String) -> Blob {
        let document = content.withLock { $0.blobs[descriptor.digest] }
        return Blob(document ?? Document(mediaType: descriptor.mediaType, bytes: []), name: name)
    }

    func contains(_ digest: Digest) async throws(ImageError) -> Bool {
        content.withLock { $0.blobs[digest] != nil }
    }

    func store(_ blob: Blob) async throws(ImageError) -> BlobOutcome {
        if try await contains(blob.descriptor.digest) { return .present }
        var bytes: [UInt8] = []
        for try await chunk in blob { bytes += chunk }
        let document = Document(mediaType: blob.descriptor.mediaType, bytes: bytes)
        content.withLock { $0.blobs[document.digest] = document }
        return .sent
    }

    func store(_ document: Document, tag: String?) async throws(ImageError) {
        content.withLock { content in
            content.documents[document.digest.description] = document
            if let tag { content.documents[tag] = document }
        }
    }
}

extension ImageReference {
    static let test = ImageReference(registry: "registry.test", repository: "image", tag: "1")
}

extension MemoryImages {
    /// An image with these layers, each an archive.
    static func image(layers: [[UInt8]]) async throws -> ResolvedImage {
        let images = MemoryImages()
        var base: ResolvedImage?
        for layer in layers {
            let blob = Blob(Document(mediaType: MediaType.layer, bytes: layer), name: "layer")
            let product = try ImageBuilder(base: base, metadata: ImageMetadata()).build(layer: blob, createdBy: "test")
            try await ImageTransfer(to: images).store(blobs: product.blobs, manifest: product.manifest, tag: "1")
            base = try await ResolvedImage(.test, from: images)
        }
        return try #require(base)
    }
}
