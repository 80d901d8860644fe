public import HTTPTransport

/// Images on this machine's disk: pulled once, verified, unpacked, used again.
///
/// Every manifest, configuration and layer is checked against its digest while it streams in; a root file system gets its
/// final name only when all of it was right, so what is there under that name is complete. Several tasks may ask for one
/// image at the same time: it is pulled once. Several processes may share a directory; at worst both pull.
///
/// ```
/// <directory>/documents/<digest>       manifests and configurations
/// <directory>/images/<digest>/rootfs   by the digest of the manifest
/// <directory>/temporary/…              pulls that are going on
/// ```
///
/// - Note: Layers are plain tar archives or such with gzip. Extended attributes and devices are left out.
public struct ImageStore: Sendable {
    private let directory: String
    private let client: RegistryClient
    private let locks = KeyedLock<Digest>()
    private let work = BlockingWork()

    /// - Parameters:
    ///   - directory: Absolute; made when the first image is pulled.
    ///   - transport: Without retries of its own.
    ///   - credentials: For registries that ask for some.
    public init(
        directory: String, transport: any HTTPTransport, credentials: RegistryCredentials = .anonymous
    ) {
        self.init(directory: directory, client: RegistryClient(transport: transport, credentials: credentials))
    }

    public init(directory: String, client: RegistryClient) {
        self.directory = directory
        self.client = client
    }

    /// The image's root file system, pulled unless it is there.
    ///
    /// A reference with a digest needs no network once the image is there; a tag is looked up each time.
    ///
    /// - Throws: ``ImageError``; ``ImageError/isRetryable`` says whether trying again makes sense.
    public func rootfs(of reference: ImageReference) async throws(ImageError) -> UnpackedImage {
        let source = DocumentCache(
            directory: "\(directory)/documents", source: client.repository(of: reference))
        let image = try await ResolvedImage(reference, from: source)
        return try await locks.withLock(image.digest) { () async throws(ImageError) in
            let final = "\(directory)/images/\(image.digest.hexadecimal)"
            let isThere = try await work { () throws(ImageError) in try FileSystem.status(final) != nil }
            if !isThere { try await pull(image, reference, to: final) }
            return UnpackedImage(
                reference: reference.pinned(to: image.digest), digest: image.digest, rootfs: "\(final)/rootfs",
                configuration: image.configuration)
        }
    }

    private func pull(
        _ image: ResolvedImage, _ reference: ImageReference, to final: String
    ) async throws(ImageError) {
        let temporary = try await work { () throws(ImageError) in
            try FileSystem.makeDirectories("\(directory)/images")
            return try TemporaryDirectory(in: "\(directory)/temporary")
        }
        do throws(ImageError) {
            try await image.unpack(into: "\(temporary.path)/rootfs")
            try await work { () throws(ImageError) in try temporary.publish(as: final) }
        } catch {
            try? await work { () throws(ImageError) in try temporary.remove() }
            throw error.during("pulling \(reference)")
        }
    }
}
