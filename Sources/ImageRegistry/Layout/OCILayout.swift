import KubernetesAPI

/// A directory in the OCI image layout, which `skopeo`, `umoci` and others read and write.
///
/// - SeeAlso: `image-layout.md` of the OCI image specification.
public struct OCILayout: ImageSource, ImageDestination {
    public let directory: String
    private let work = BlockingWork()

    private static let tagAnnotation = "org.opencontainers.image.ref.name"

    public init(directory: String) { self.directory = directory }

    private var indexPath: String { "\(directory)/index.json" }

    private func path(_ digest: Digest) -> String { "\(directory)/blobs/sha256/\(digest.hexadecimal)" }

    public func document(_ tagOrDigest: String) async throws(ImageError) -> Document {
        try await work { () throws(ImageError) in
            let descriptor: Descriptor?
            if tagOrDigest.contains(":") {
                let digest = try Digest(tagOrDigest)
                let known = try index().manifests.first { $0.digest == digest }
                descriptor = known ?? Descriptor(mediaType: MediaType.manifest, digest: digest, size: 0)
            } else {
                descriptor = try index().manifests.first { $0.annotations?[Self.tagAnnotation] == tagOrDigest }
            }
            guard let descriptor, try FileSystem.status(path(descriptor.digest)) != nil else {
                throw ImageError(.notFound, "the OCI layout \(directory) has no image \(tagOrDigest)")
            }
            let bytes = try FileSystem.read(path(descriptor.digest), limit: Int(ResolvedImage.maximumDocumentSize))
            let document = Document(mediaType: descriptor.mediaType, bytes: bytes)
            try document.verify(is: descriptor.digest, name: "manifest in \(directory)")
            return document
        }
    }

    public func blob(_ descriptor: Descriptor, name: String) -> Blob {
        let path = path(descriptor.digest)
        return Blob(descriptor, name: "\(name) \(descriptor.digest)") { FileChunks(path: path) }
    }

    public func contains(_ digest: Digest) async throws(ImageError) -> Bool {
        try await work { () throws(ImageError) in try FileSystem.status(path(digest)) != nil }
    }

    public func store(_ blob: Blob) async throws(ImageError) -> BlobOutcome {
        if try await contains(blob.descriptor.digest) { return .present }
        let path = path(blob.descriptor.digest)
        let temporary = "\(path).\(UInt64.random(in: .min ... .max))"
        do throws(ImageError) {
            let file = try await work { () throws(ImageError) in
                try FileSystem.makeDirectories("\(directory)/blobs/sha256")
                return try OpenFile(creating: temporary, mode: 0o644)
            }
            var chunks = blob.makeAsyncIterator()
            while let chunk = try await chunks.next() {
                try await work { () throws(ImageError) in try file.write(chunk[...]) }
            }
            try await work { () throws(ImageError) in try FileSystem.rename(temporary, to: path) }
            return .sent
        } catch {
            try? await work { () throws(ImageError) in try FileSystem.remove(temporary) }
            throw error
        }
    }

    public func store(_ document: Document, tag: String?) async throws(ImageError) {
        _ = try await store(Blob(document, name: "manifest"))
        try await work { () throws(ImageError) in
            let marker: JSONValue = ["imageLayoutVersion": "1.0.0"]
            try FileSystem.write(marker.serialized, to: "\(directory)/oci-layout")
            var index = try index()
            var descriptor = document.descriptor
            descriptor.annotations = tag.map { [Self.tagAnnotation: $0] }
            index.manifests.removeAll { $0 == descriptor || (tag != nil && $0.annotations == descriptor.annotations) }
            index.manifests.append(descriptor)
            try FileSystem.write(try Document(index).bytes, to: indexPath)
        }
    }

    private func index() throws(ImageError) -> ImageIndex {
        guard try FileSystem.status(indexPath) != nil else { return ImageIndex(manifests: []) }
        let bytes = try FileSystem.read(indexPath, limit: Int(ResolvedImage.maximumDocumentSize))
        return try Document(mediaType: MediaType.index, bytes: bytes).decode(name: indexPath)
    }
}
