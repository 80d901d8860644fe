import AerieAPI
import KubernetesAPI

/// One checkpoint in a manifest.
struct CheckpointEntry: Codable, Hashable, Sendable {
    var step: Int
    /// `sha256:` and the digest of the list of files.
    var digest: String
    var files: [FileDigest]
    /// Empty for one that was saved without an evaluation, to resume from.
    var metrics: Metrics
    var time: Time

    /// The prefix of the files' names.
    var name: String { Self.name(of: step) }

    static func name(of step: Int) -> String { "ckpt-\(step)" }
}

/// An attempt's `checkpoints.json`; a checkpoint that it does not list does not exist.
struct CheckpointManifest: Codable, Hashable, Sendable {
    var contract = TrialContract.version
    var attempt: String
    var checkpoints: [CheckpointEntry] = []

    static let fileName = "checkpoints.json"
}
