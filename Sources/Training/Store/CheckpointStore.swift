import AerieAPI
import KubernetesAPI

/// The checkpoints of one attempt of a trial.
///
/// An attempt writes only under its own uid. What it takes over from an earlier attempt it links or copies into its own
/// folder first, so that nobody else can take it away: the earlier attempt may still be running.
struct CheckpointStore {
    private let trial: TrialFolder
    private let attempt: String
    private let retention: CheckpointRetention
    private let now: () -> Time
    private(set) var manifest: CheckpointManifest

    private var folder: Folder { trial.attempt(attempt).folder(TrialFolder.checkpointsName) }

    /// Opens the attempt's folder and clears away what a killed process left of unfinished checkpoints.
    init(
        _ trial: TrialFolder, attempt: String, retention: CheckpointRetention, now: @escaping () -> Time
    ) throws(TrainingError) {
        self.trial = trial
        self.attempt = attempt
        self.retention = retention
        self.now = now
        manifest = try trial.manifest(of: attempt)
        try folder.create()
        let known = Set(manifest.checkpoints.flatMap { $0.files.map(\.name) })
        for name in try folder.names() where !known.contains(name) { try folder.remove(name) }
    }

    /// The path of a checkpoint without the endings of its files.
    func prefix(of entry: CheckpointEntry) -> String { folder[entry.name] }

    /// The path relative to the trial's folder, as results name it.
    func reference(to entry: CheckpointEntry) -> CheckpointReference {
        CheckpointReference(
            path: "attempts/\(attempt)/\(TrialFolder.checkpointsName)/\(entry.name)", step: entry.step,
            digest: entry.digest, metric: retention.objective.metric,
            value: entry.metrics[retention.objective.metric] ?? .nan)
    }

    /// The kept ones, best first.
    var ranked: [CheckpointEntry] { retention.ranked(manifest.checkpoints) }

    /// Takes over what earlier attempts, and this one before a restart, have left: the best and the latest that are intact.
    ///
    /// Gives the latest, to go on from; `warn` hears of every damaged checkpoint that was passed over.
    mutating func resume(warn: (String) -> Void) throws(TrainingError) -> CheckpointEntry? {
        var intact: [Int: CheckpointEntry] = [:]
        var sources: [Int: Folder] = [:]
        // Its own attempt first: of one step all attempts have the same checkpoint.
        let others = try trial.attempts().filter { $0 != attempt }
        for uid in [attempt] + others {
            let folder = trial.attempt(uid).folder(TrialFolder.checkpointsName)
            let manifest: CheckpointManifest
            do { manifest = try trial.manifest(of: uid) } catch {
                warn(error.message)
                continue
            }
            for entry in manifest.checkpoints where intact[entry.step] == nil {
                do {
                    try CheckpointVerification.check(entry, in: folder)
                    intact[entry.step] = entry
                    sources[entry.step] = folder
                } catch { warn(error.message) }
            }
        }
        var taken: [CheckpointEntry] = []
        for entry in retention.kept(of: Array(intact.values)) {
            do {
                if let source = sources[entry.step], source != folder {
                    for file in entry.files {
                        // A damaged copy of its own may be in the way.
                        try folder.remove(file.name)
                        try source.share(file.name, with: folder)
                    }
                    try CheckpointVerification.check(entry, in: folder)
                }
                taken.append(entry)
            } catch { warn(error.message) }
        }
        try commit(taken)
        return taken.last
    }

    /// Saves a checkpoint of `step` by way of `save`, which is given a prefix that is not in use.
    mutating func add(
        step: Int, metrics: Metrics, save: (String) throws -> Void
    ) throws {
        let name = CheckpointEntry.name(of: step)
        if manifest.checkpoints.contains(where: { $0.step == step }) {
            try commit(manifest.checkpoints.filter { $0.step != step })
        }
        try save(folder[name])
        var files: [FileDigest] = []
        for file in try folder.names() where file.hasPrefix("\(name).") {
            AtomicFile.synchronize(folder[file])
            if let digest = try ContentDigest.file(file, in: folder) { files.append(digest) }
        }
        let entry = CheckpointEntry(
            step: step, digest: ContentDigest.list(files), files: files, metrics: metrics, time: now())
        try commit(retention.kept(of: manifest.checkpoints + [entry]))
    }

    /// Makes `entries` the manifest, and only then removes the files of the others.
    private mutating func commit(_ entries: [CheckpointEntry]) throws(TrainingError) {
        let dropped = Set(manifest.checkpoints.flatMap(\.files).map(\.name))
            .subtracting(entries.flatMap(\.files).map(\.name))
        manifest.checkpoints = entries
        try AtomicFile.write(manifest, to: trial.attempt(attempt)[CheckpointManifest.fileName])
        for name in dropped.sorted() { try folder.remove(name) }
    }
}
