import AerieAPI
import KubernetesAPI

/// A trial's folder in the checkpoint store.
///
/// ```
/// trial.json
/// attempts/<pod uid>/checkpoints/ckpt-<step>.index, .data-…
/// attempts/<pod uid>/checkpoints.json
/// attempts/<pod uid>/evaluations/<step>.json
/// attempts/<pod uid>/result.json
/// evaluators/<pod uid>/evaluations/<step>.json
/// ```
struct TrialFolder: Sendable {
    let root: Folder

    init(_ path: String) { root = Folder(path) }

    static let recordName = "trial.json"
    static let resultName = "result.json"
    static let checkpointsName = "checkpoints"
    static let evaluationsName = "evaluations"

    func attempt(_ uid: String) -> Folder { root.folder("attempts").folder(uid) }

    /// What an evaluator writes, apart from all that trainers go on from.
    func evaluator(_ uid: String) -> Folder { root.folder("evaluators").folder(uid) }

    /// The uids of all attempts so far, sorted.
    func attempts() throws(TrainingError) -> [String] { try root.folder("attempts").names() }

    /// What `trial.json` says; `nil` for a trial that never ran.
    func record() throws(TrainingError) -> TrialRecord? { try decode(TrialFolder.recordName, in: root) }

    /// The checkpoints of an attempt, none while it has no manifest.
    func manifest(of attempt: String) throws(TrainingError) -> CheckpointManifest {
        try decode(CheckpointManifest.fileName, in: self.attempt(attempt)) ?? CheckpointManifest(attempt: attempt)
    }

    /// How an attempt ended, if it ended for good.
    func result(of attempt: String) throws(TrainingError) -> TrialResult? {
        try decode(TrialFolder.resultName, in: self.attempt(attempt))
    }

    private func decode<Value: Decodable>(_ name: String, in folder: Folder) throws(TrainingError) -> Value? {
        guard let bytes = try folder.read(name) else { return nil }
        do { return try JSONValue(parsing: bytes).decode() } catch {
            let problem = (error as? DecodingError)?.sentence ?? "\(error)"
            throw TrainingError(.badData, "\(folder[name]) cannot be read: \(problem)")
        }
    }
}

extension AtomicFile {
    /// Puts a value at `path` as JSON.
    static func write(_ value: some Encodable, to path: String) throws(TrainingError) {
        let bytes: [UInt8]
        do { bytes = try JSONValue(encoding: value).serialized } catch {
            throw TrainingError(.trainingFailed, "cannot encode \(path): \(error)")
        }
        try write(bytes + [UInt8(ascii: "\n")], to: path)
    }
}
