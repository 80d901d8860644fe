/// The bytes of a layer that is made while it is read, on threads that may block.
struct LayerChunks: AsyncIteratorProtocol {
    private let work = BlockingWork()
    private let reader: LayerReader

    init(_ archive: LayerArchive) { reader = LayerReader(archive) }

    mutating func next(isolation actor: isolated (any Actor)?) async throws(ImageError) -> [UInt8]? {
        let reader = reader
        let chunk = try await work { () throws(ImageError) in try reader.next() }
        return chunk.isEmpty ? nil : chunk
    }

    mutating func next() async throws(ImageError) -> [UInt8]? { try await next(isolation: nil) }
}

extension LayerArchive {
    /// The layer as a blob: reads everything once for the digest, without keeping it.
    ///
    /// - Parameter name: What to call it in errors.
    public func blob(name: String) async throws(ImageError) -> Blob {
        let digest = try await BlockingWork()() { () throws(ImageError) in
            let reader = LayerReader(self)
            var hasher = DigestHasher()
            while true {
                let chunk = try reader.next()
                if chunk.isEmpty { return hasher.finalize() }
                guard !Task.isCancelled else { throw ImageError(.cancelled, "reading \(name) was cancelled") }
                hasher.update(chunk)
            }
        }
        let descriptor = Descriptor(mediaType: MediaType.layer, digest: digest, size: size)
        return Blob(descriptor, name: "\(name) \(digest)") { LayerChunks(self) }
    }
}
