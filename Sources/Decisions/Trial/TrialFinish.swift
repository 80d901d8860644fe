import AerieAPI
import KubernetesAPI

/// What a trial that ended well left behind.
extension TrialRound {
    /// How long the last word of a pod is waited for after its job has ended.
    private static let patience: Int64 = 60

    mutating func finish(_ job: TFJob) {
        guard let message = lastWord else {
            let ended = job.status?.completionTime ?? now
            guard now.seconds(since: ended) >= Self.patience else {
                run(TrialReason.tfJobRunning.rawValue, "The trial has ended; its result is being read.")
                requeueAfter = .seconds(5)
                return
            }
            return fail(
                .metricsUnavailable,
                """
                The TFJob has succeeded, but its pod was gone before the result was read; its checkpoints are in \
                \(trial.spec.checkpoints.uri).
                """)
        }
        do {
            record(try TrialResult(parsing: message))
        } catch {
            let problem = (error as? DecodingError)?.sentence ?? "\(error)"
            fail(
                .metricsUnavailable,
                """
                The container "\(TFJob.Name.container)" ended with code 0, but its termination message is no result of \
                contract version \(TrialContract.version) (\(problem)): "\(message.end(bytes: 200))". Is the image a \
                trainer's?
                """)
        }
    }

    /// The termination message of the pod that ended well last.
    private var lastWord: String? {
        let endings = pods.compactMap { $0.containerStatus(TFJob.Name.container)?.state?.terminated }
        return endings.filter { $0.exitCode == 0 }.max { ($0.finishedAt?.seconds ?? 0) < ($1.finishedAt?.seconds ?? 0) }
            .map { $0.message ?? "" }
    }

    private mutating func record(_ result: TrialResult) {
        guard result.trialUID == trial.metadata.uid else {
            return fail(
                .metricsUnavailable,
                "The pod reported for a trial with uid \(result.trialUID), not for this one with \(trial.metadata.uid)."
            )
        }
        let objective = trial.spec.objective
        note(result)
        guard let reported = status.value ?? result.metrics[objective.metric] ?? result.checkpoint?.value.value else {
            let names = result.metrics.values.keys.sorted().joined(separator: ", ")
            return fail(
                .metricsUnavailable,
                "The trial did not report \(objective.metric), the objective's metric; it reported \(names).")
        }
        if let checkpoint = status.checkpoint {
            succeed(
                result.reason, "\(objective.metric) \(checkpoint.value.value) at step \(checkpoint.step).")
        } else if reported.isFinite {
            fail(
                .metricsUnavailable,
                "The trial reported \(objective.metric) \(reported), but no checkpoint to go with it.")
        } else {
            succeed(
                TrialReason.objectiveNotFinite.rawValue,
                "\(result.message ?? "\(objective.metric) is \(reported)."); the trial takes no part in the selection.")
        }
    }

    /// Takes over what the result says; of checkpoints only those with a finite value of the objective.
    mutating func note(_ result: TrialResult) {
        let objective = trial.spec.objective
        let reported = ([result.checkpoint].compactMap { $0 } + result.checkpoints).filter {
            $0.metric == objective.metric && $0.value.value.isFinite && $0.isWellFormed
        }
        var kept: [CheckpointReference] = []
        for checkpoint in reported where !kept.contains(checkpoint) { kept.append(checkpoint) }
        kept.sort { left, right in
            if objective.goal.prefers(left.value.value, to: right.value.value) { return true }
            if objective.goal.prefers(right.value.value, to: left.value.value) { return false }
            return (left.step, left.path) < (right.step, right.path)
        }
        status.checkpoints = kept.isEmpty ? nil : Array(kept.prefix(Trial.Status.maximumCheckpoints))
        status.checkpoint = kept.first
        status.value = kept.first?.value.value
        status.displayValue = status.value.map(SignificantDigits.text)
        status.step = result.step
        status.metrics = result.metrics.capped(keeping: objective.metric)
        status.datasetDigest = result.dataset?.digest
    }
}

extension CheckpointReference {
    /// Whether it could have been written by a trainer: within the trial's folder and with a digest.
    fileprivate var isWellFormed: Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..") && path.utf8.count <= 512
            && digest.hasPrefix("sha256:") && digest.utf8.count == 71
    }
}

extension Metrics {
    /// At most as many as a status holds: the objective's first, then the most general ones.
    fileprivate func capped(keeping metric: String) -> Metrics {
        func order(_ name: String) -> (Int, String) {
            (name == metric ? 0 : name.utf8.count { $0 == UInt8(ascii: "/") }, name)
        }
        let names = values.keys.sorted { order($0) < order($1) }.prefix(Trial.Status.maximumMetrics)
        return Metrics(values.filter { names.contains($0.key) })
    }
}
