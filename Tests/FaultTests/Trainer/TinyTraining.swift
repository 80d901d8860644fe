import AerieAPI
import FoundationEssentials
import KubernetesAPI
import TestSupport

/// The smallest training there is, by the real program: four steps, two evaluations, one checkpoint kept.
struct TinyTraining: Sendable {
    /// What an attempt came to.
    struct Ending: Sendable {
        var status: Int32
        /// Standard output and error.
        var text: String
        /// The last word for the kubelet, where there is one.
        var result: TrialResult?
    }

    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "aerie-training-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: folder) }

    /// The trial's own folder in the store.
    var trial: String { "\(folder)/trial" }

    /// Trains under a program that was given the trainer's command line as its last arguments.
    func run(attempt: String, under tracer: [String] = []) async throws -> Ending {
        let command = tracer + [try Tool.program("aerie-trainer"), "train"]
        let log = "\(folder)/termination-\(attempt)"
        let outcome = try await Tool.outcome(
            of: command[0], Array(command.dropFirst()), environment: try variables(attempt: attempt, log: log))
        return Ending(
            status: outcome.status, text: outcome.output + outcome.error, result: try result(of: attempt))
    }

    /// The last word of an attempt; `nil` where it could not say one.
    func result(of attempt: String) throws -> TrialResult? {
        let path = "\(folder)/termination-\(attempt)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        return text.isEmpty ? nil : try TrialResult(parsing: text)
    }

    private func variables(attempt: String, log: String) throws -> [String: String] {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "")/.cache/aerie"
        let contract = TrialEnvironment(
            experiment: "landsat", trial: "landsat-0", trialUID: "11111111-2222-3333-4444-555555555555",
            parameters: [:], datasetURI: "file://\(cache)/datasets/landsat/trial", datasetDigest: nil,
            checkpointURI: "file://\(trial)", checkpointKeep: 1, objective: Objective(metric: "validation/accuracy"),
            trainer: [
                "model": ["architecture": "mlp", "width": 8, "depth": 1],
                "training": [
                    "optimizer": "sgd", "learningRate": 0.01, "batchSize": 50, "steps": 4, "evaluateEvery": 2,
                    "seed": 5,
                ],
            ])
        var variables: [String: String] = [:]
        for (variable, value) in try contract.variables() { variables[variable.rawValue] = value }
        variables[TrialVariable.podUID.rawValue] = attempt
        variables[TrialVariable.terminationLog.rawValue] = log
        return variables
    }
}
