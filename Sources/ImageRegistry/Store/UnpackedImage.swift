/// An image whose root file system is on this machine's disk.
public struct UnpackedImage: Hashable, Sendable {
    /// Where it came from, by digest.
    public let reference: ImageReference
    /// Of the manifest.
    public let digest: Digest
    /// Absolute path of the directory that is the image's root.
    ///
    /// Other pods use it too: mount it read-only, or a copy.
    public let rootfs: String
    /// How it runs: entrypoint, command, environment, user, working directory.
    public let configuration: ImageConfiguration
}
