package import AerieAPI
package import KubernetesAPI

/// One checkpoint in a manifest.
package struct CheckpointEntry: Codable, Hashable, Sendable {
    package var step: Int
    /// `sha256:` and the digest of the list of files.
    package var digest: String
    package var files: [FileDigest]
    /// Empty for one that was saved without an evaluation, to resume from.
    package var metrics: Metrics
    package var time: Time

    package init(step: Int, digest: String, files: [FileDigest], metrics: Metrics, time: Time) {
        self.step = step
        self.digest = digest
        self.files = files
        self.metrics = metrics
        self.time = time
    }

    /// The prefix of the files' names.
    var name: String { Self.name(of: step) }

    static func name(of step: Int) -> String { "ckpt-\(step)" }
}
