public import AerieAPI
import KubernetesAPI
import TensorFlow

/// A checkpoint whose files were found to be what its manifest says.
public struct StoredCheckpoint: Hashable, Sendable {
    /// The path without `.index` and `.data-…`.
    public let prefix: String
    public let step: Int
    public let digest: String
    public let metrics: Metrics

    /// Looks a checkpoint up in the manifest of its attempt, and verifies it.
    ///
    /// Throws ``TrainingError`` `badData` for one that no manifest lists, that is damaged, or that has another digest
    /// than the one asked for.
    public init(prefix: String, digest expected: String? = nil) throws(TrainingError) {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count >= 3 else {
            throw TrainingError(.badData, "\(prefix) is not the path of a checkpoint: …/checkpoints/ckpt-<step>")
        }
        let folder = Folder(parts.dropLast().joined(separator: "/"))
        let attempt = Folder(parts.dropLast(2).joined(separator: "/"))
        let trial = TrialFolder(parts.dropLast(4).joined(separator: "/"))
        let manifest = try trial.manifest(of: String(parts.dropLast(2).last ?? ""))
        guard let entry = manifest.checkpoints.first(where: { $0.name == name }) else {
            let known = manifest.checkpoints.map(\.name).joined(separator: ", ")
            throw TrainingError(
                .badData,
                "\(attempt[CheckpointManifest.fileName]) lists no \(name); "
                    + (known.isEmpty ? "there is no checkpoint" : "it lists \(known)"))
        }
        try CheckpointVerification.check(entry, in: folder)
        if let expected, entry.digest != expected {
            throw TrainingError(.badData, "\(prefix) has digest \(entry.digest), expected \(expected)")
        }
        self.prefix = prefix
        step = entry.step
        digest = entry.digest
        metrics = entry.metrics
    }
}

extension ModelDescription {
    /// Reads what a checkpoint says of itself.
    init(checkpoint prefix: String) throws {
        let text = try Checkpoint(prefix: prefix).read([(Self.tensorName, .string)]).first?.strings().first ?? ""
        guard let description = try ModelDescription(JSONValue(parsing: text)) else {
            throw TrainingError(.badData, "\(prefix) has no description of its model that this version understands")
        }
        self = description
    }
}
