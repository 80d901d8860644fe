extension ResolvedImage {
    /// Unpacks all layers, verified, into a directory that must not exist yet and appears when all of it is right.
    public func unpack(asNew directory: String) async throws(ImageError) {
        let path = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        let work = BlockingWork()
        let temporary = try await work { () throws(ImageError) in
            guard try FileSystem.status(path) == nil else {
                throw ImageError(.configuration, "\(path) is there already; name a folder that is not")
            }
            return try TemporaryDirectory(in: "\(path).partial")
        }
        do throws(ImageError) {
            try await unpack(into: "\(temporary.path)/rootfs")
            try await work { () throws(ImageError) in
                try FileSystem.rename("\(temporary.path)/rootfs", to: path)
                try FileSystem.remove("\(path).partial")
            }
        } catch {
            try? await work { () throws(ImageError) in try FileSystem.remove("\(path).partial") }
            throw error
        }
    }

    /// Unpacks all layers, verified, into a new directory.
    ///
    /// What is there after an error is incomplete and to be removed.
    ///
    /// - Throws: ``ImageError/Code/digestMismatch`` for damaged layers, ``ImageError/Code/invalidContent`` for archives
    ///   that reach outside of the directory, ``ImageError/Code/unsupported`` for other formats.
    public func unpack(into directory: String) async throws(ImageError) {
        try await BlockingWork()() { () throws(ImageError) in try FileSystem.makeDirectories(directory) }
        let pipeline = LayerPipeline(root: directory)
        for (layer, uncompressed) in zip(manifest.layers, try configuration.layerDigests()) {
            try await pipeline.unpack(source.blob(layer, name: "layer"), uncompressed: uncompressed)
        }
        try await pipeline.finish()
    }
}
