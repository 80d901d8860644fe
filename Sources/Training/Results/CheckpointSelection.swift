public import AerieAPI
import KubernetesAPI

/// The checkpoints of one or more trials in a store, ranked by an objective.
public struct CheckpointSelection: Sendable {
    /// One checkpoint of a trial and how good it is.
    public struct Candidate: Sendable {
        public var trial: String
        /// The trainer's configuration with the trial's parameters.
        public var trainer: TrainerConfiguration
        /// The path without `.index` and `.data-…`.
        public var prefix: String
        public var step: Int
        public var digest: String
        public var value: Double
        public var metrics: Metrics
    }

    public let objective: Objective
    /// Best first; of equals the earlier step, then the trial whose name comes first.
    ///
    /// Checkpoints without a number for the objective's metric are no candidates.
    public let candidates: [Candidate]

    /// Reads the folder of one trial, or of an experiment with its trials below.
    ///
    /// Without an `objective` the trial's own is used. Throws ``TrainingError`` `badData` where there is no trial.
    public init(folder path: String, objective: Objective? = nil) throws(TrainingError) {
        let root = Folder(path)
        var trials: [(TrialFolder, TrialRecord)] = []
        if let record = try TrialFolder(path).record() {
            trials = [(TrialFolder(path), record)]
        } else {
            for name in try root.names() {
                let trial = TrialFolder(root[name])
                if let record = try trial.record() { trials.append((trial, record)) }
            }
        }
        guard let objective = objective ?? trials.first?.1.objective else {
            throw TrainingError(.badData, "there is no trial in \(path): no trial.json there or one level below")
        }
        self.objective = objective
        var candidates: [Candidate] = []
        for (folder, record) in trials {
            candidates += try Self.candidates(in: folder, record, metric: objective.metric)
        }
        self.candidates = candidates.sorted { left, right in
            if objective.goal.prefers(left.value, to: right.value) { return true }
            if objective.goal.prefers(right.value, to: left.value) { return false }
            return (left.step, left.trial, left.prefix) < (right.step, right.trial, right.prefix)
        }
    }

    /// The best, verified.
    public func best() throws(TrainingError) -> (candidate: Candidate, checkpoint: StoredCheckpoint) {
        guard let candidate = candidates.first else {
            throw TrainingError(.badData, "no checkpoint has a number for \(objective.metric)")
        }
        return (candidate, try StoredCheckpoint(prefix: candidate.prefix, digest: candidate.digest))
    }

    private static func candidates(
        in folder: TrialFolder, _ record: TrialRecord, metric: String
    ) throws(TrainingError) -> [Candidate] {
        var candidates: [Candidate] = []
        for attempt in try folder.attempts() {
            let checkpoints = folder.attempt(attempt).folder(TrialFolder.checkpointsName)
            for entry in try folder.manifest(of: attempt).checkpoints {
                guard let value = entry.metrics[metric], !value.isNaN else { continue }
                candidates.append(
                    Candidate(
                        trial: record.trial, trainer: record.trainer, prefix: checkpoints[entry.name],
                        step: entry.step, digest: entry.digest, value: value, metrics: entry.metrics))
            }
        }
        return candidates
    }
}

extension StoredCheckpoint {
    /// A checkpoint by the path of its prefix, or the best one of the trial whose folder is given.
    ///
    /// With a `step`, that one of the trial.
    public init(at path: String, step: Int? = nil, digest: String? = nil) throws(TrainingError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard try TrialFolder(path).record() != nil else {
            self = try StoredCheckpoint(prefix: path, digest: digest)
            return
        }
        let selection = try CheckpointSelection(folder: path)
        guard let step else {
            self = try StoredCheckpoint(prefix: selection.best().candidate.prefix, digest: digest)
            return
        }
        guard let candidate = selection.candidates.first(where: { $0.step == step }) else {
            let steps = Set(selection.candidates.map(\.step)).sorted().map(String.init).joined(separator: ", ")
            throw TrainingError(.badData, "\(path) has no evaluated checkpoint of step \(step); it has \(steps)")
        }
        self = try StoredCheckpoint(prefix: candidate.prefix, digest: digest)
    }
}
