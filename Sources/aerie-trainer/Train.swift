import AerieAPI
import ArgumentParser
import Glibc
import KubernetesAPI
import Training

/// Trains one trial: `aerie-trainer train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train one trial, or go on with it from its last checkpoint.",
        discussion: """
            On a laptop:
              aerie-trainer train --data ~/landsat/trial --checkpoints /tmp/landsat \\
                --parameter width=128 --parameter learningRate=0.003
            """)

    @Option(help: ArgumentHelp("Folder or file:// URI with dataset.json and its TFRecord files.", valueName: "path"))
    var data: String?

    @Option(help: ArgumentHelp("The trial's own folder: checkpoints, curves, results.", valueName: "path"))
    var checkpoints: String?

    @Option(help: ArgumentHelp("JSON with task, model and training; see docs/trainer.md.", valueName: "json"))
    var trainer: String?

    @Option(help: ArgumentHelp("Overrides a field of model or training; may be repeated.", valueName: "name=value"))
    var parameter: [String] = []

    @Option(help: "The metric by which checkpoints are kept (default: validation/accuracy).")
    var metric: String?

    @Option(help: "Maximize or Minimize (default: Maximize).")
    var goal: GoalOption?

    @Option(help: "How many checkpoints stay, besides the latest (default: 3).")
    var keep: Int?

    @Option(help: "Lines of JSON, or text for people (default: text on a terminal).")
    var log: LogFormat?

    func validate() throws {
        if let keep, !(1...1000).contains(keep) { throw ValidationError("--keep must be 1…1000") }
        for text in parameter where !text.dropFirst().contains("=") {
            throw ValidationError("--parameter must be name=value, got \(text)")
        }
    }

    func run() throws {
        StopSignal.isOnlyRemembered()
        let variables = ProcessEnvironment.variables
        let format = log ?? (Console.isTerminal && variables[TrialVariable.contract.rawValue] == nil ? .text : .json)
        let log = TrialLog(clock: .system) { Console.print(format.render($0)) }
        let termination = TerminationLog.forProcess(variables)
        do {
            let part = try TrainingPart(configuration: variables["TF_CONFIG"])
            let specification = try TrialSpecification(
                environment(variables), attempt: ProcessEnvironment.attempt(variables))
            let timeouts = try ClusterTimeouts(variables: variables)
            let isStopping = { StopSignal.came }
            switch part {
            case .alone:
                let run = TrialRun(specification, log: log, clock: .system, isStopping: isStopping)
                try finish(run.run(), termination, log: log)
            case .evaluator:
                let run = EvaluatorRun(
                    specification, timeouts: timeouts, log: log, clock: .system, isStopping: isStopping)
                try finish(run.run(), termination, log: log)
            case .member(let topology):
                StopSignal.endsProcess(after: Self.stopTimeout)
                let cluster = try ClusterMember(
                    topology, specification, timeouts: timeouts, log: log, clock: .system, isStopping: isStopping)
                // The server's threads run on, so the process cannot leave in the ordinary way.
                _exit(
                    code(variables, termination, log: log) {
                        try train(specification, in: cluster, termination, log: log)
                    })
            }
        } catch let error as TrainingError {
            throw ExitCode(try fail(error, variables, termination, log: log))
        }
    }

    /// Seconds after SIGTERM that a step of a distributed training may take to end; a kubelet waits for 30.
    private static let stopTimeout: UInt32 = 20

    /// One task's part of a distributed training.
    private func train(
        _ specification: TrialSpecification, in cluster: ClusterMember, _ termination: TerminationLog?, log: TrialLog
    ) throws {
        guard cluster.topology.isLead else {
            let reason = try ServedTask(cluster).run()
            log.log(.info, "not needed any more", ["reason": .string(reason)])
            return
        }
        do {
            let result = try TrialRun(specification, cluster: cluster, log: log, clock: .system) { StopSignal.came }
                .run()
            defer { cluster.release(result.checkpoint == nil ? .diverged : .completed) }
            try finish(result, termination, log: log)
        } catch let error as TrainingError {
            // The others wait for a lead that is interrupted: it comes back.
            if !TrialExitCode.isRetryable(error.exitCode.rawValue) { cluster.release(error.reason) }
            throw error
        }
    }

    /// The exit code that what happens stands for.
    private func code(
        _ variables: [String: String], _ termination: TerminationLog?, log: TrialLog, _ body: () throws -> Void
    ) -> Int32 {
        do {
            try body()
            return TrialExitCode.done.rawValue
        } catch let error as TrainingError {
            return (try? fail(error, variables, termination, log: log)) ?? TrialExitCode.temporaryFailure.rawValue
        } catch let error as ExitCode { return error.rawValue } catch {
            log.log(.error, "\(error)")
            return TrialExitCode.failed.rawValue
        }
    }

    private func finish(_ result: TrialResult, _ termination: TerminationLog?, log: TrialLog) throws {
        try leave(result, in: termination, log: log)
        summarize(result, log: log)
        if result.checkpoint == nil { throw ExitCode(TrialExitCode.failed.rawValue) }
    }

    /// Says what went wrong, and gives the exit code for it.
    private func fail(
        _ error: TrainingError, _ variables: [String: String], _ termination: TerminationLog?, log: TrialLog
    ) throws -> Int32 {
        log.log(.error, error.message, ["reason": .string(error.reason.rawValue)])
        let result = TrialResult(
            trial: variables[TrialVariable.trial.rawValue] ?? "",
            trialUID: variables[TrialVariable.trialUID.rawValue] ?? "", reason: error.reason, message: error.message)
        try leave(result, in: termination, log: log)
        return error.exitCode.rawValue
    }

    /// Writes the message that the controller waits for; without it another attempt has to say the same again.
    private func leave(_ result: TrialResult, in termination: TerminationLog?, log: TrialLog) throws {
        do { try termination?.write(result) } catch {
            log.log(.error, "\(error)", ["reason": .string(TrialResult.Reason.storageFailed.rawValue)])
            throw ExitCode(TrialExitCode.temporaryFailure.rawValue)
        }
    }

    /// The contract's environment with what the options say instead.
    private func environment(_ variables: [String: String]) throws(TrainingError) -> TrialEnvironment {
        var environment = try baseEnvironment(variables)
        if let data { environment.datasetURI = data }
        if let checkpoints { environment.checkpointURI = checkpoints }
        if let metric { environment.objective.metric = metric }
        if let goal { environment.objective.goal = goal.value }
        if let keep { environment.checkpointKeep = keep }
        if let trainer {
            do { environment.trainer = try JSONValue(parsing: trainer) } catch {
                throw TrainingError(.badConfiguration, "--trainer: \(error)")
            }
        }
        for text in parameter {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            environment.parameters[parts[0]] = (try? JSONValue(parsing: parts[1])) ?? .string(parts[1])
        }
        return environment
    }

    private func baseEnvironment(_ variables: [String: String]) throws(TrainingError) -> TrialEnvironment {
        if variables[TrialVariable.contract.rawValue] != nil {
            do { return try TrialEnvironment(variables: variables) } catch {
                throw TrainingError(.badConfiguration, error.description)
            }
        }
        guard let data, let checkpoints else {
            throw TrainingError(.badUsage, "outside of a trial's pod --data and --checkpoints must be given")
        }
        return TrialEnvironment(
            experiment: "local", trial: "local", trialUID: "local", parameters: [:], datasetURI: data,
            checkpointURI: checkpoints, objective: Objective(metric: MetricName.accuracy), trainer: [:])
    }

    private func summarize(_ result: TrialResult, log: TrialLog) {
        guard let best = result.checkpoint else {
            log.log(.error, result.message ?? result.reason, ["reason": .string(result.reason)])
            return
        }
        log.log(
            result.message == nil ? .info : .warning, result.message ?? "done",
            [
                "reason": .string(result.reason), "metric": .string(best.metric), "value": .number(best.value.value),
                "step": JSONValue(best.step), "checkpoint": .string(best.path), "digest": .string(best.digest),
            ])
    }
}
