import AerieAPI

/// The checkpoints of a trial as one sees them who only looks on while others train.
struct PublishedCheckpoints {
    private let trial: TrialFolder

    init(_ trial: TrialFolder) { self.trial = trial }

    /// One checkpoint, and the attempt whose manifest lists it.
    struct Found {
        var entry: CheckpointEntry
        var attempt: String
    }

    /// Those that are there now and whose step is not in `known`, by step; one of those that attempts have in common.
    func new(besides known: Set<Int>) throws(TrainingError) -> [Found] {
        var found: [Int: Found] = [:]
        for attempt in try trial.attempts() {
            for entry in try trial.manifest(of: attempt).checkpoints
            where !known.contains(entry.step) && found[entry.step] == nil {
                found[entry.step] = Found(entry: entry, attempt: attempt)
            }
        }
        return found.values.sorted { $0.entry.step < $1.entry.step }
    }

    /// Takes a checkpoint into a folder of one's own, so that it stays there while it is looked at, and verifies it.
    ///
    /// Gives its prefix there; `nil` when the trainer has replaced it meanwhile. Throws ``TrainingError`` `badData` for
    /// a damaged one.
    func take(_ found: Found, into folder: Folder) throws(TrainingError) -> String? {
        let source = trial.attempt(found.attempt).folder(TrialFolder.checkpointsName)
        do throws(TrainingError) {
            for file in found.entry.files {
                try folder.remove(file.name)
                try source.share(file.name, with: folder)
            }
            try CheckpointVerification.check(found.entry, in: folder)
        } catch {
            guard try isListed(found) else { return nil }
            throw error
        }
        return folder[found.entry.name]
    }

    private func isListed(_ found: Found) throws(TrainingError) -> Bool {
        try trial.manifest(of: found.attempt).checkpoints.contains(found.entry)
    }
}
