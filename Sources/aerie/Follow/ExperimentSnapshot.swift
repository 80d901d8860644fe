import AerieAPI
import HTTPTransport
import KubernetesAPI
import KubernetesClient

/// An experiment at one moment, with all that a person wants to know of it.
struct ExperimentSnapshot {
    enum End {
        case succeeded
        case failed(String)
    }

    var experiment: TrainingExperiment
    var trials: [Trial]
    /// The newest progress of trials that run, by trial.
    var progress: [String: TrialProgress]
    var promotion: ModelPromotion?

    static func read(_ key: ObjectKey, from client: KubernetesClient) async throws -> ExperimentSnapshot {
        let experiment = try await client.get(TrainingExperiment.self, key)
        let selection = Selection(namespace: key.namespace, labelSelector: "\(Label.experiment)=\(key.name)")
        let trials = try await client.list(Trial.self, selection).items
            .filter { $0.metadata.controller?.uid == experiment.metadata.uid }
            .sorted { $0.spec.number < $1.spec.number }
        var progress: [String: TrialProgress] = [:]
        for trial in trials where trial.status?.state == .running {
            progress[trial.metadata.name] = await newestProgress(of: trial, from: client)
        }
        var promotion: ModelPromotion?
        if let name = experiment.status?.promotion?.name {
            promotion = try? await client.get(
                ModelPromotion.self, ObjectKey(namespace: key.namespace, name: name))
        }
        return ExperimentSnapshot(experiment: experiment, trials: trials, progress: progress, promotion: promotion)
    }

    /// The last line of progress in the log of the trial's pod; `nil` while there is none.
    private static func newestProgress(of trial: Trial, from client: KubernetesClient) async -> TrialProgress? {
        guard let pod = trial.status?.pod else { return nil }
        let options = LogOptions(container: TFJob.Name.container, tailLines: 5, limitBytes: 64 << 10)
        guard let body = try? await client.log(ObjectKey(namespace: trial.metadata.namespace, name: pod), options),
            let bytes = try? await body.collect(upTo: 64 << 10)
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.reversed().lazy.compactMap { TrialProgress(line: String($0)) }.first
    }

    /// How it all ended; `nil` while it has not.
    var end: End? {
        guard let status = experiment.status, status.isTerminal else { return nil }
        if status.state == .failed { return .failed("experiment \(experiment.metadata.name) failed: \(explanation)") }
        guard experiment.spec.promotion != nil, let summary = status.promotion else { return .succeeded }
        switch promotion?.status?.state {
        case .ready, .superseded: return .succeeded
        case .failed:
            let message = promotion?.status?.conditions.first("Failed")?.message ?? ""
            return .failed("promotion \(summary.name) failed: \(promotion?.status?.reason ?? "") \(message)")
        case .pending, .building, .deploying, nil: return nil
        }
    }

    private var explanation: String {
        let condition = experiment.status?.conditions.first(experiment.status?.state.rawValue ?? "")
        return [experiment.status?.reason, condition?.message].compactMap { $0 }.joined(separator: ": ")
    }
}

extension ExperimentSnapshot {
    /// What a person sees, a line each.
    var lines: [String] {
        let status = experiment.status
        let counts = status?.trials ?? TrialCounts()
        var lines = [
            "\(experiment.metadata.name): \(status?.state.rawValue ?? "Pending")   trials \(counts.ended)/"
                + "\(experiment.spec.maxTrials) ended: \(counts.succeeded) succeeded, \(counts.failed) failed; "
                + "\(counts.running) running, \(counts.pending) pending"
        ]
        if let best = status?.best {
            lines.append(
                "  best so far: \(best.metric) \(rounded(best.value, 4)) (\(best.trial), step \(best.checkpoint.step))")
        }
        for trial in trials where trial.status?.state == .running || trial.status?.state == .pending {
            lines.append("  \(trial.metadata.name): \(activity(of: trial))")
        }
        if let promotion {
            let state = promotion.status?.state.rawValue ?? "Pending"
            let digest = promotion.status?.image.map { "   \($0.digest)" } ?? ""
            lines.append("  promotion \(promotion.metadata.name): \(state)\(digest)")
        }
        return lines
    }

    private func activity(of trial: Trial) -> String {
        guard let progress = progress[trial.metadata.name] else { return trial.status?.state.rawValue ?? "Pending" }
        let metric = experiment.spec.objective.metric
        let value = progress.metrics[metric].map { "   \(metric) \(rounded($0, 4))" } ?? ""
        let rate = rounded(progress.rate.value, 0)
        return "step \(progress.step)/\(progress.steps)   \(rate) steps/s\(value)"
    }
}

/// The number with so many decimals.
private func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let whole = Int64((value * scale).rounded())
    guard decimals > 0 else { return "\(whole)" }
    let digits = String(whole.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return (whole < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}
