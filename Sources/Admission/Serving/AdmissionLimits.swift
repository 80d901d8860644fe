/// What everybody who can reach the webhook may use of it together.
///
/// The caller is not authenticated, and the controllers live in the same process, whose memory `deploy/base` limits to
/// 512 MiB. All of these together stay well below it.
public struct AdmissionLimits: Hashable, Sendable {
    /// Bytes of large request bodies, and of the documents read from them, at the same time.
    public var totalBytes = 96 << 20
    /// The same for small bodies, which nearly all are.
    ///
    /// Whatever holds the memory for large ones, they get through. It is more than all connections can take for text.
    public var totalSmallBytes = 48 << 20
    /// Open connections, more than several API servers have requests in flight for us.
    ///
    /// With one more, the one that has brought nothing for the longest time is closed.
    public var connections = 512
    /// From a request's head to its answer; the API server waits as long, by `timeoutSeconds`.
    public var requestTimeout = Duration.seconds(5)
    /// After this a connection that brings nothing is closed; API servers close theirs after 90 s.
    public var idleTimeout = Duration.seconds(120)

    public init() {}

    static let smallBodyBytes = 64 << 10

    /// Bytes of a request's head; an API server's have a few hundred.
    static let maximumHeadBytes = 16 << 10

    /// Bytes that a document of so many values takes while it is read, judged and answered, its text aside.
    ///
    /// An estimate from the sizes of the types. A test measures the process under a crowd of the densest kind.
    static func bytes(forValues count: Int) -> Int { 200 * min(count, AdmissionHandler.maximumValues) }
}
