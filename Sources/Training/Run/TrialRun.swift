public import AerieAPI
import Evaluation
import Glibc
import KubernetesAPI
import TensorFlow

/// One attempt at a trial, from its start or its last checkpoint to its result.
///
/// ## Guarantees
/// - Killed at any moment and started again, it ends with the same variables, bit for bit, as without the kill.
/// - A trial that is complete in the store is not trained again: its result is given once more.
/// - Attempts at the same trial that run at the same time do not disturb each other.
/// - Of a distributed training the lead runs this; a task that is lost and comes back costs the steps since the last
///   checkpoint, and the end is the same.
public struct TrialRun {
    private let specification: TrialSpecification
    private let log: TrialLog
    private let clock: TrialClock
    private let isStopping: () -> Bool
    private let folder: TrialFolder
    /// This process in the cluster of a distributed training.
    private let cluster: ClusterMember?

    /// Seconds after which a line of progress is due even without an evaluation.
    private static let progressInterval = 2.0
    /// Seconds between two tries of tasks that are all there and cannot train together.
    private static let longestPause = 5

    /// `isStopping` is asked before each step.
    public init(
        _ specification: TrialSpecification, cluster: ClusterMember? = nil, log: TrialLog, clock: TrialClock,
        isStopping: @escaping () -> Bool
    ) {
        self.specification = specification
        self.cluster = cluster
        self.log = log
        self.clock = clock
        self.isStopping = isStopping
        folder = TrialFolder(specification.folder)
    }

    /// Trains, and blocks until that is done.
    ///
    /// A training that diverges is a result as well; without a usable checkpoint its `checkpoint` is `nil`. Throws
    /// ``TrainingError``, of reason `interrupted` when it was asked to stop and has saved where it was.
    public func run() throws(TrainingError) -> TrialResult {
        do { return try resultOrTraining() } catch { throw Self.explain(error) }
    }

    private func resultOrTraining() throws -> TrialResult {
        let record = try folder.record()
        try record?.check(
            trialUID: specification.trialUID, trainer: specification.configuration,
            datasetDigest: specification.datasetDigest, folder: specification.folder)
        if record != nil, let result = try CompletedTrial(folder).result(warn: { log.log(.warning, $0) }) {
            log.log(.info, "complete already", ["step": JSONValue(result.step ?? 0)])
            return result
        }

        let dataset = try Dataset(directory: specification.dataset)
        try dataset.check(digest: specification.datasetDigest)
        let known = Metrics.names(classes: dataset.description.classes)
        guard known.contains(specification.objective.metric) else {
            throw TrainingError(
                .badConfiguration,
                "objective.metric: \(specification.objective.metric) is not reported; known are "
                    + known.joined(separator: ", "))
        }
        try keepRecord(datasetDigest: dataset.digest)

        var store = try CheckpointStore(
            folder, attempt: specification.attempt,
            retention: CheckpointRetention(objective: specification.objective, count: specification.keep),
            now: clock.now)
        if let cluster { return try trainTogether(cluster, &store, dataset: dataset) }
        return try trainFromLatest(&store, dataset: dataset, layout: nil).get()
    }

    /// What became of one go at the steps that are left.
    private enum Outcome {
        case result(TrialResult)
        case lost(TFError, steps: Int)

        func get() throws -> TrialResult {
            switch self {
            case .result(let result): return result
            case .lost(let error, _): throw error
            }
        }
    }

    /// Goes on from the last checkpoint whenever a task was lost, as soon as all are there again.
    private func trainTogether(
        _ cluster: ClusterMember, _ store: inout CheckpointStore, dataset: Dataset
    ) throws -> TrialResult {
        let own = TaskAnnouncement(
            tensorFlow: TensorFlowLibrary.version,
            parametersDigest: TrialRecord.parametersDigest(of: specification.configuration),
            data: .init(digest: dataset.digest, file: try dataset.file(of: "train")))
        let trainers = cluster.topology.trainers.count
        let batchSize = min(specification.configuration.training.batchSize, try dataset.recordCount(of: "train"))
        guard batchSize >= trainers else {
            throw TrainingError(
                .badConfiguration, "training.batchSize: \(batchSize) records cannot be shared by \(trainers) tasks")
        }
        var lastProgress: Double?
        var fruitlessTries = 0
        while true {
            let layout = try cluster.gather(own)
            log.log(.info, "all tasks are there", ["tasks": JSONValue(cluster.topology.tasks.count)])
            switch try trainFromLatest(&store, dataset: dataset, layout: layout) {
            case .result(let result): return result
            case .lost(let error, let steps):
                let now = clock.uptime()
                if steps > 0 { lastProgress = nil }
                fruitlessTries = steps > 0 ? 0 : fruitlessTries + 1
                let since = lastProgress ?? now
                lastProgress = since
                guard now - since < Double(cluster.timeouts.peer) else {
                    throw TrainingError(
                        .peerUnavailable,
                        "the tasks could not train together for \(cluster.timeouts.peer) s "
                            + "(\(ClusterTimeouts.peerVariable)): \(error.summary)")
                }
                pause(seconds: min(fruitlessTries, Self.longestPause))
            }
        }
    }

    /// A task that came back under another address is found by the others only after a while.
    private func pause(seconds: Int) {
        let end = clock.uptime() + Double(seconds)
        while clock.uptime() < end, !isStopping() { usleep(100_000) }
    }

    private func begin(
        _ session: TrainingSession, from latest: CheckpointEntry?, in store: CheckpointStore
    ) throws {
        guard let latest else {
            try session.begin()
            log.log(.info, "started", ["configuration": specification.configuration.json])
            return
        }
        try session.begin(from: store.prefix(of: latest))
        log.log(.info, "resumed", ["step": JSONValue(latest.step)])
    }

    private func report(lost error: TFError, _ session: TrainingSession? = nil) {
        log.log(.warning, "a task was lost; going on from the last checkpoint", ["error": .string(error.summary)])
        guard let session else { return }
        // The session that is closed may still wait for the lost task.
        do { try cluster?.limited { try session.abandon() } } catch {
            log.log(.warning, "the event file did not end cleanly", ["error": .string("\(error)")])
        }
    }

    private func trainFromLatest(
        _ store: inout CheckpointStore, dataset: Dataset, layout: StepLayout?
    ) throws -> Outcome {
        let latest = try store.resume { log.log(.warning, $0) }
        let model = try description(of: latest.map { store.prefix(of: $0) }, dataset: dataset)
        let session: TrainingSession
        do {
            let make = {
                try TrainingSession(
                    model, specification.configuration.training, dataset: dataset,
                    eventsDirectory: folder.attempt(specification.attempt).path, layout: layout)
            }
            session = try cluster?.limited(make) ?? make()
        } catch let error as TFError where layout != nil && error.isLostTask {
            report(lost: error)
            return .lost(error, steps: 0)
        }
        do {
            try begin(session, from: latest, in: store)
            let result = try train(session, &store, dataset: dataset)
            endQuietly(session)
            return .result(result)
        } catch let error as TFError where layout != nil && error.isLostTask {
            report(lost: error, session)
            return .lost(error, steps: session.step - (latest?.step ?? 0))
        } catch {
            endQuietly(session)
            throw error
        }
    }

    private func train(
        _ session: TrainingSession, _ store: inout CheckpointStore, dataset: Dataset
    ) throws -> TrialResult {
        let training = specification.configuration.training
        var pace = ProgressPace(step: session.step, uptime: clock.uptime())
        while session.step < training.steps {
            if isStopping() { throw try interruption(session, &store) }
            let loss = try session.trainStep()
            guard loss.isFinite else {
                return try finish(.diverged, session, store, dataset, problem: "training/loss became \(loss)")
            }
            if session.step % training.evaluateEvery == 0 || session.step == training.steps {
                let metrics = try evaluateAndSave(session, &store)
                try report(session, metrics.summary, &pace)
            } else if pace.isDue(at: clock.uptime(), after: Self.progressInterval) {
                try report(session, [MetricName.trainingLoss: Double(loss)], &pace)
            }
        }
        let problem = store.ranked.isEmpty ? "\(specification.objective.metric) was never a number" : nil
        return try finish(problem == nil ? .completed : .diverged, session, store, dataset, problem: problem)
    }

    private func evaluateAndSave(_ session: TrainingSession, _ store: inout CheckpointStore) throws -> Metrics {
        try session.checkReplicas()
        let every = specification.configuration.training.evaluateEvery
        let since = session.step % every == 0 ? every : session.step % every
        let trainingLoss = try session.takeLossSum() / Double(since)
        let report = try session.evaluate()
        let metrics = Metrics(report, trainingLoss: trainingLoss)
        try session.record(metrics)
        let evaluations = folder.attempt(specification.attempt).folder(TrialFolder.evaluationsName)
        try evaluations.create()
        try AtomicFile.write(
            EvaluationRecord(step: session.step, trainingLoss: trainingLoss, validation: report),
            to: evaluations["\(session.step).json"])
        try store.add(step: session.step, metrics: metrics) { try session.save(to: $0) }
        return metrics
    }

    private func report(_ session: TrainingSession, _ metrics: Metrics, _ pace: inout ProgressPace) throws {
        let rate = pace.advance(to: session.step, uptime: clock.uptime())
        try log.progress(
            step: session.step, steps: specification.configuration.training.steps, rate: rate, metrics: metrics)
    }

    /// Saves where the training is, for the next attempt.
    private func interruption(_ session: TrainingSession, _ store: inout CheckpointStore) throws -> TrainingError {
        let saved = store.manifest.checkpoints.contains { $0.step == session.step }
        if !saved, session.step > 0 {
            try store.add(step: session.step, metrics: Metrics()) { try session.save(to: $0) }
        }
        return TrainingError(
            .interrupted, "stopped after step \(session.step) of \(specification.configuration.training.steps)")
    }

    private func finish(
        _ reason: TrialResult.Reason, _ session: TrainingSession, _ store: CheckpointStore, _ dataset: Dataset,
        problem: String?
    ) throws -> TrialResult {
        let ranked = store.ranked
        let metric = specification.objective.metric
        let best = ranked.first
        let result = TrialResult(
            trial: specification.trial, trialUID: specification.trialUID, reason: reason,
            message: problem.map { "\($0) at step \(session.step); a lower learningRate may help" },
            step: session.step, metrics: best?.metrics ?? [metric: .nan],
            checkpoint: best.map(store.reference),
            checkpoints: ranked.prefix(specification.keep).map(store.reference), dataset: .init(digest: dataset.digest))
        try AtomicFile.write(result, to: folder.attempt(specification.attempt)[TrialFolder.resultName])
        return result
    }

    /// A resumed training keeps the description that its checkpoint has.
    private func description(of prefix: String?, dataset: Dataset) throws -> ModelDescription {
        if let prefix { return try ModelDescription(checkpoint: prefix) }
        let statistics = try BandStatistics.compute(
            dataset.file(of: "train"), dataset.description, expectedRecords: dataset.recordCount(of: "train"))
        return ModelDescription(specification.configuration.model, dataset.description, statistics)
    }

    private func keepRecord(datasetDigest: String) throws {
        let record = TrialRecord(
            experiment: specification.experiment, trial: specification.trial, trialUID: specification.trialUID,
            objective: specification.objective, trainer: specification.configuration,
            parametersDigest: TrialRecord.parametersDigest(of: specification.configuration),
            datasetDigest: datasetDigest, tensorFlow: TensorFlowLibrary.version)
        try folder.root.create()
        let bytes = try JSONValue(encoding: record).serialized + [UInt8(ascii: "\n")]
        if try AtomicFile.create(bytes, at: folder.root[TrialFolder.recordName]) { return }
        // Another attempt was first, now or long ago.
        try folder.record()?.check(
            trialUID: specification.trialUID, trainer: specification.configuration, datasetDigest: datasetDigest,
            folder: specification.folder)
    }

    private func endQuietly(_ session: TrainingSession) {
        do { try session.end() } catch {
            log.log(.warning, "the session did not end cleanly", ["error": .string("\(error)")])
        }
    }

    /// What a failure of TensorFlow means for the trial.
    static func explain(_ error: any Error) -> TrainingError {
        guard let error = error as? TFError else {
            return (error as? TrainingError) ?? TrainingError(.trainingFailed, "\(error)")
        }
        return switch error.code {
        case .dataLoss: TrainingError(.badData, "the data is damaged: \(error.message)")
        case .resourceExhausted: TrainingError(.storageFailed, "out of memory or disk: \(error.message)")
        default: TrainingError(.trainingFailed, error.description)
        }
    }
}
