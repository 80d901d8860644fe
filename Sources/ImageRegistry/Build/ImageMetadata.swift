/// What a built image says about itself and how it runs.
public struct ImageMetadata: Hashable, Sendable {
    /// RFC 3339; the epoch unless given, so that the time of the build does not matter.
    public var created = "1970-01-01T00:00:00Z"
    public var labels: [String: String] = [:]
    /// Of the manifest, where tools find them without reading the configuration.
    public var annotations: [String: String] = [:]
    /// Added to the base's, in the order of the names.
    public var environment: [String: String] = [:]
    /// `nil` keeps the base's.
    public var entrypoint: [String]?
    public var command: [String]?
    public var user: String?
    public var workingDirectory: String?

    public init() {}
}
