/// Where the data lies.
public struct DatasetSource: Codable, Hashable, Sendable {
    /// `pvc://<claim>/<folder>`, `file:///<folder of the node>`, `s3://…`, `gs://…`, `az://…` or `https://…`.
    public var uri: String
    /// What the data must be; `nil` to record what it was.
    public var digest: String?

    public init(uri: String, digest: String? = nil) {
        self.uri = uri
        self.digest = digest
    }
}
