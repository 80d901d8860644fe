/// A place that images are read from: a repository of a registry, an OCI layout directory.
public protocol ImageSource: Sendable {
    /// A manifest or an index.
    ///
    /// - Parameter tagOrDigest: A digest is verified; a tag means what the place says at this moment.
    /// - Throws: ``ImageError/Code/notFound``, ``ImageError/Code/digestMismatch``, or what reaching the place failed of.
    func document(_ tagOrDigest: String) async throws(ImageError) -> Document

    /// Configurations and layers; reading the blob verifies it.
    func blob(_ descriptor: Descriptor, name: String) -> Blob
}

/// A place that images are written to.
public protocol ImageDestination: Sendable {
    func contains(_ digest: Digest) async throws(ImageError) -> Bool

    /// Stores a blob unless it is there already.
    func store(_ blob: Blob) async throws(ImageError) -> BlobOutcome

    /// Stores a manifest or an index whose content is there already, and names it.
    func store(_ document: Document, tag: String?) async throws(ImageError)
}

/// How a blob came to be at its destination.
public enum BlobOutcome: String, Hashable, Sendable {
    /// It was there before.
    case present
    /// The registry took it over from another repository of its own.
    case mounted
    /// It was sent.
    case sent
}
