import AerieAPI
import KubernetesAPI

/// A trial in a folder of its own, run by the real program under the controller's contract.
struct TrialFixture {
    let folder: TemporaryFolder
    var dataset = Installation.landsat
    var datasetDigest: String?
    var trainer: JSONValue
    var parameters: [String: JSONValue] = [:]
    var objective = Objective(metric: MetricName.accuracy)
    var keep = 3
    var name = "landsat-0"
    var uid = "11111111-2222-3333-4444-555555555555"
    /// Variables besides the contract's.
    var variables: [String: String] = [:]

    init(_ trainer: JSONValue, folder: TemporaryFolder? = nil) throws {
        self.trainer = trainer
        self.folder = try folder ?? TemporaryFolder()
    }

    /// The trial's own folder.
    var path: String { folder["experiment/\(name)"] }

    /// Starts an attempt.
    func start(attempt: String) throws -> ChildProcess {
        let environment = TrialEnvironment(
            experiment: "landsat", trial: name, trialUID: uid, parameters: parameters,
            datasetURI: "file://\(dataset)", datasetDigest: datasetDigest, checkpointURI: "file://\(path)",
            checkpointKeep: keep, objective: objective, trainer: trainer)
        var variables = Installation.environment
        for (variable, value) in try environment.variables() { variables[variable.rawValue] = value }
        variables[TrialVariable.podUID.rawValue] = attempt
        variables[TrialVariable.terminationLog.rawValue] = folder["termination-\(attempt)"]
        variables.merge(self.variables) { $1 }
        return try ChildProcess(try Installation.trainer(), ["train"], environment: variables)
    }

    func run(attempt: String = "a") throws -> ChildProcess.Ending { try start(attempt: attempt).wait() }

    /// What the attempt left for the kubelet.
    func message(attempt: String = "a") throws -> TrialResult {
        try TrialResult(parsing: folder.text("termination-\(attempt)"))
    }

    /// A file of an attempt as JSON.
    func document(_ name: String, attempt: String = "a") throws -> JSONValue {
        try JSONValue(parsing: Files.bytes("\(path)/attempts/\(attempt)/\(name)"))
    }

    /// All evaluations so far by step, over all attempts.
    func curve() throws -> [Int: [JSONValue]] {
        var curve: [Int: [JSONValue]] = [:]
        for attempt in try Files.names(in: "\(path)/attempts") {
            let folder = "attempts/\(attempt)/evaluations"
            guard Files.exists("\(path)/\(folder)") else { continue }
            for name in try Files.names(in: "\(path)/\(folder)") where name.hasSuffix(".json") {
                let document = try document("evaluations/\(name)", attempt: attempt)
                curve[document["step"]?.intValue ?? -1, default: []].append(document)
            }
        }
        return curve
    }

    /// Another command of the program.
    static func command(_ arguments: [String]) throws -> ChildProcess.Ending {
        try ChildProcess(Installation.trainer(), arguments, environment: Installation.environment).wait()
    }
}
