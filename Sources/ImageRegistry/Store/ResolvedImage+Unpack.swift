extension ResolvedImage {
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
