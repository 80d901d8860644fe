public import AerieAPI
import Evaluation
import Glibc
import KubernetesAPI
import TensorFlow

/// A job's evaluator: measures each checkpoint that the trainers leave, until the training is done.
///
/// ## Guarantees
/// - It writes to a folder of its own and changes nothing of the trainers'. Which checkpoint is the best is decided by
///   the lead alone.
/// - When the training is done all checkpoints that were kept have been measured.
///
/// ## Caveats
/// - A checkpoint that the lead replaces before it was looked at is passed over.
public struct EvaluatorRun {
    private let specification: TrialSpecification
    private let timeout: Int
    private let log: TrialLog
    private let clock: TrialClock
    private let isStopping: () -> Bool
    private let folder: TrialFolder
    private let checkpoints: PublishedCheckpoints

    /// Microseconds between two looks at the trial's folder.
    private static let pollInterval: UInt32 = 300_000

    /// `isStopping` is asked before each evaluation and while it waits.
    public init(
        _ specification: TrialSpecification, timeouts: ClusterTimeouts, log: TrialLog, clock: TrialClock,
        isStopping: @escaping () -> Bool
    ) {
        self.specification = specification
        timeout = timeouts.checkpoint
        self.log = log
        self.clock = clock
        self.isStopping = isStopping
        folder = TrialFolder(specification.folder)
        checkpoints = PublishedCheckpoints(folder)
    }

    /// Evaluates, and blocks until the training is done.
    ///
    /// Gives the training's result with what was measured here of its checkpoint. Throws ``TrainingError``:
    /// `peerUnavailable` when no checkpoint came for too long, `interrupted` when asked to stop.
    public func run() throws(TrainingError) -> TrialResult {
        do { return try evaluateUntilDone() } catch { throw TrialRun.explain(error) }
    }

    private func evaluateUntilDone() throws -> TrialResult {
        let dataset = try Dataset(directory: specification.dataset)
        try dataset.check(digest: specification.datasetDigest)
        log.log(.info, "waiting for checkpoints", ["folder": .string(specification.folder)])
        var measured: [Int: Metrics] = [:]
        var damaged: Set<Int> = []
        var warned: Set<String> = []
        var lastNews = clock.uptime()
        var events: EventFile?
        while true {
            // Looked for first: what is done leaves no checkpoints after it.
            let result = try completed { if warned.insert($0).inserted { log.log(.warning, $0) } }
            for found in try begun() ? checkpoints.new(besides: damaged.union(measured.keys)) : [] {
                if isStopping() { throw interruption(after: measured) }
                let step = found.entry.step
                let file = try events ?? open()
                events = file
                do {
                    guard let report = try measure(found, on: dataset) else { continue }
                    measured[step] = try record(report, step: step, in: file)
                } catch let error as TrainingError where error.reason == .badData {
                    log.log(.warning, error.message)
                    damaged.insert(step)
                }
                lastNews = clock.uptime()
            }
            if let result {
                try events?.close()
                return conclusion(result, measured)
            }
            if isStopping() { throw interruption(after: measured) }
            if clock.uptime() - lastNews >= Double(timeout) { throw silence(after: measured) }
            usleep(Self.pollInterval)
        }
    }

    /// Whether somebody trains this trial yet; refuses to look at another one.
    private func begun() throws(TrainingError) -> Bool {
        guard let record = try folder.record() else { return false }
        try record.check(
            trialUID: specification.trialUID, trainer: specification.configuration,
            datasetDigest: specification.datasetDigest, folder: specification.folder)
        return true
    }

    private func completed(warn: (String) -> Void) throws(TrainingError) -> TrialResult? {
        try begun() ? CompletedTrial(folder).result(warn: warn) : nil
    }

    private var ownFolder: Folder { folder.evaluator(specification.attempt) }

    private func open() throws -> EventFile {
        try ownFolder.folder(TrialFolder.evaluationsName).create()
        return try EventFile(in: ownFolder.path)
    }

    /// `nil` for a checkpoint that is gone already.
    private func measure(
        _ found: PublishedCheckpoints.Found, on dataset: Dataset
    ) throws -> ClassificationReport? {
        let copies = ownFolder.folder(TrialFolder.checkpointsName)
        try copies.create()
        defer { discardCopies() }
        guard let prefix = try checkpoints.take(found, into: copies) else { return nil }
        return try CheckpointEvaluation(prefix: prefix, threads: specification.configuration.training.threads)
            .run(on: dataset, part: "validation")
    }

    private func discardCopies() {
        do { try ownFolder.remove(TrialFolder.checkpointsName) } catch { log.log(.warning, error.message) }
    }

    private func record(_ report: ClassificationReport, step: Int, in events: EventFile) throws -> Metrics {
        let metrics = Metrics(report)
        try AtomicFile.write(
            EvaluationRecord(step: step, trainingLoss: nil, validation: report),
            to: ownFolder.folder(TrialFolder.evaluationsName)["\(step).json"])
        try events.write(metrics, step: step)
        log.log(.info, "evaluated", ["step": JSONValue(step), "metrics": try JSONValue(encoding: metrics.summary)])
        return metrics
    }

    private func conclusion(_ result: TrialResult, _ measured: [Int: Metrics]) -> TrialResult {
        var result = result
        result.checkpoints = []
        guard let best = result.checkpoint, let metrics = measured[best.step] else { return result }
        result.metrics = metrics
        result.checkpoint?.value = MetricValue(metrics[best.metric] ?? best.value.value)
        return result
    }

    private func interruption(after measured: [Int: Metrics]) -> TrainingError {
        TrainingError(.interrupted, "stopped after \(measured.count) checkpoints")
    }

    private func silence(after measured: [Int: Metrics]) -> TrainingError {
        let last = measured.keys.max().map { "the last was that of step \($0)" } ?? "there was none"
        return TrainingError(
            .peerUnavailable,
            "waited \(timeout) s (\(ClusterTimeouts.checkpointVariable)) for a checkpoint in \(specification.folder): "
                + last)
    }
}
