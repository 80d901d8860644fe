import Synchronization

/// From a layer's bytes to files: decompresses, hashes and unpacks, on threads that may block.
final class LayerPipeline: Sendable {
    private struct State {
        var unpacker: LayerUnpacker
        /// `nil` for a layer that is not compressed.
        var gunzip: Gunzip?
        /// Over the archive, where that is not the blob itself.
        var hasher = DigestHasher()

        mutating func consume(_ bytes: [UInt8]) throws(ImageError) {
            guard let gunzip else { return try unpacker.consume(bytes[...]) }
            try gunzip.consume(bytes) { (archive) throws(ImageError) in
                hasher.update(archive)
                try unpacker.consume(archive)
            }
        }
    }

    private let work = BlockingWork()
    private let state: Mutex<State>

    init(root: String) { state = Mutex(State(unpacker: LayerUnpacker(root: root))) }

    /// Unpacks one layer on top of those before.
    ///
    /// - Parameters:
    ///   - layer: As the registry has it.
    ///   - expected: The digest of the layer's archive, from the image's configuration.
    func unpack(_ layer: Blob, uncompressed expected: Digest) async throws(ImageError) {
        let isCompressed: Bool
        switch MediaType.oci(layer.descriptor.mediaType) {
        case MediaType.layer: isCompressed = false
        case MediaType.gzipLayer: isCompressed = true
        case let other:
            throw ImageError(
                .unsupported,
                "\(layer.name) has the media type '\(other)'; only tar archives, plain or with gzip, can be unpacked")
        }
        try await perform { (state) throws(ImageError) in
            state.hasher = DigestHasher()
            state.gunzip = isCompressed ? try Gunzip() : nil
        }
        try await consume(layer)
        try await perform { (state) throws(ImageError) in
            try state.gunzip?.finish()
            try state.unpacker.finishLayer()
            let actual = isCompressed ? state.hasher.finalize() : layer.descriptor.digest
            guard actual == expected else {
                throw .mismatch("the archive in \(layer.name)", expected: expected, actual: actual)
            }
        }
    }

    /// To be called after the last layer.
    func finish() async throws(ImageError) {
        try await perform { (state) throws(ImageError) in try state.unpacker.finish() }
    }

    private func consume(_ layer: Blob) async throws(ImageError) {
        var chunks = layer.makeAsyncIterator()
        while let chunk = try await chunks.next() {
            do throws(ImageError) {
                try await perform { (state) throws(ImageError) in try state.consume(chunk) }
            } catch {
                guard error.code == .invalidContent else { throw error }
                // A damaged blob may first show as nonsense in the archive; that it is damaged is what people must know.
                while try await chunks.next() != nil {}
                throw error.during(layer.name)
            }
        }
    }

    private func perform(_ body: @escaping @Sendable (inout State) throws(ImageError) -> Void) async throws(ImageError)
    {
        try await work { () throws(ImageError) in
            try self.state.withLock { (state) throws(ImageError) in try body(&state) }
        }
    }
}
