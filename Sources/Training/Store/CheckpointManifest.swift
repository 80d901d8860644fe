import AerieAPI

/// An attempt's `checkpoints.json`; a checkpoint that it does not list does not exist.
struct CheckpointManifest: Codable, Hashable, Sendable {
    var contract = TrialContract.version
    var attempt: String
    var checkpoints: [CheckpointEntry] = []

    static let fileName = "checkpoints.json"
}
