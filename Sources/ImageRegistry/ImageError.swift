/// Why an image could not be read, built, moved or unpacked.
///
/// ``message`` names the registry, the repository or the file, and what to do about it where that is known.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; what may be retried follows from it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A reference or an argument that is not written correctly.
        case invalidReference
        /// Bytes whose SHA-256 is not the one they are known by.
        case digestMismatch
        /// A manifest, a configuration, an archive or a model that is not what its format says.
        case invalidContent
        /// Correct, but nothing this library reads: a compression, a digest algorithm, a platform.
        case unsupported
        /// The registry has no such repository, tag, manifest or blob.
        case notFound
        /// The registry wants other credentials, or none of these may do it.
        case denied
        /// A file of settings or credentials cannot be used.
        case configuration
        /// The registry does not answer, answers with a server error or breaks off. May be retried.
        case unavailable
        /// The local file system refuses: permissions, a full disk. May be retried.
        case fileSystem
        case cancelled
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// Whether the same call may succeed later without anybody changing anything.
    public var isRetryable: Bool {
        switch code {
        case .unavailable, .fileSystem, .cancelled: true
        case .invalidReference, .digestMismatch, .invalidContent, .unsupported, .notFound, .denied, .configuration:
            false
        }
    }

    /// The same failure with the name of what was being done in front.
    func during(_ action: String) -> ImageError { ImageError(code, "\(action): \(message)") }
}
