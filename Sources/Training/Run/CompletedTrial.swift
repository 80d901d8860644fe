import AerieAPI

/// The end of a trial that is in the store already.
struct CompletedTrial {
    private let folder: TrialFolder

    init(_ folder: TrialFolder) { self.folder = folder }

    /// The result of the first attempt that ended and whose checkpoint is intact; `nil` when there is none.
    func result(warn: (String) -> Void) throws(TrainingError) -> TrialResult? {
        for attempt in try folder.attempts() {
            do {
                guard let result = try folder.result(of: attempt) else { continue }
                guard let checkpoint = result.checkpoint else { return result }
                _ = try StoredCheckpoint(
                    prefix: folder.root[checkpoint.path], digest: checkpoint.digest)
                return result
            } catch { warn(error.message) }
        }
        return nil
    }
}
