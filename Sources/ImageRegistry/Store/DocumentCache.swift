import KubernetesAPI

/// Manifests and configurations by digest, kept on disk; everything else comes from the source.
struct DocumentCache: ImageSource {
    let directory: String
    let source: any ImageSource
    private let work = BlockingWork()

    init(directory: String, source: any ImageSource) {
        self.directory = directory
        self.source = source
    }

    func document(_ tagOrDigest: String) async throws(ImageError) -> Document {
        if tagOrDigest.contains(":"), let bytes = await stored(try Digest(tagOrDigest)) {
            return Document(mediaType: Self.mediaType(of: bytes), bytes: bytes)
        }
        let document = try await source.document(tagOrDigest)
        try await keep(document.bytes, as: document.digest)
        return document
    }

    func blob(_ descriptor: Descriptor, name: String) -> Blob {
        let remote = source.blob(descriptor, name: name)
        guard MediaType.oci(descriptor.mediaType) == MediaType.configuration else { return remote }
        return Blob(descriptor, name: remote.name, origin: remote.origin) {
            CachedBlob(cache: self, remote: remote)
        }
    }

    /// The bytes with that digest; damaged ones count as missing.
    fileprivate func stored(_ digest: Digest) async -> [UInt8]? {
        let path = "\(directory)/\(digest.hexadecimal)"
        let bytes = try? await work { () throws(ImageError) in
            try FileSystem.read(path, limit: Int(ResolvedImage.maximumDocumentSize))
        }
        return bytes.flatMap { Digest(of: $0) == digest ? $0 : nil }
    }

    fileprivate func keep(_ bytes: [UInt8], as digest: Digest) async throws(ImageError) {
        try await work { () throws(ImageError) in
            try FileSystem.makeDirectories(directory)
            try FileSystem.write(bytes, to: "\(directory)/\(digest.hexadecimal)")
        }
    }

    /// OCI manifests may leave out their own type; only an index has `manifests`.
    private static func mediaType(of bytes: [UInt8]) -> String {
        let document = try? JSONValue(parsing: bytes)
        if let mediaType = document?["mediaType"]?.stringValue { return mediaType }
        return document?["manifests"] == nil ? MediaType.manifest : MediaType.index
    }
}

/// A small blob, from disk if it is there.
private struct CachedBlob: AsyncIteratorProtocol {
    let cache: DocumentCache
    let remote: Blob
    private var isRead = false

    init(cache: DocumentCache, remote: Blob) {
        self.cache = cache
        self.remote = remote
    }

    mutating func next() async throws(ImageError) -> [UInt8]? {
        guard !isRead else { return nil }
        isRead = true
        let digest = remote.descriptor.digest
        if let bytes = await cache.stored(digest) { return bytes }
        let bytes = try await remote.collect(upTo: ResolvedImage.maximumDocumentSize)
        try await cache.keep(bytes, as: digest)
        return bytes
    }
}
