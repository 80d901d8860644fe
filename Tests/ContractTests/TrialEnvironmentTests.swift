import AerieAPI
import KubernetesAPI
import Testing

@Suite struct TrialEnvironmentTests {
    static let environment = TrialEnvironment(
        experiment: "landsat", trial: "landsat-0", trialUID: "6f7f",
        parameters: ["learningRate": 0.003, "batchSize": 64, "activation": "relu"],
        datasetURI: "file:///data/landsat", datasetDigest: "sha256:00",
        checkpointURI: "file:///checkpoints/x/landsat-0",
        checkpointKeep: 5, objective: Objective(metric: "validation/accuracy", goal: .maximize, target: 0.92),
        trainer: ["task": "classification", "model": ["width": 32]])

    static func variables() throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try environment.variables().map { ($0.key.rawValue, $0.value) })
    }

    @Test("what the controller writes is what the trainer reads")
    func roundTrip() throws {
        #expect(try TrialEnvironment(variables: Self.variables()) == Self.environment)
        #expect(
            try Self.variables()["AERIE_PARAMETERS"] == #"{"activation":"relu","batchSize":64,"learningRate":0.003}"#)
    }

    @Test("the digest and the number of kept checkpoints may be left out")
    func defaults() throws {
        var variables = try Self.variables()
        variables["AERIE_DATASET_DIGEST"] = ""
        variables["AERIE_CHECKPOINT_KEEP"] = nil
        let environment = try TrialEnvironment(variables: variables)
        #expect(environment.datasetDigest == nil)
        #expect(environment.checkpointKeep == 3)
    }

    struct Row: Sendable {
        var variable: String
        var value: String?
        var message: String
    }

    static let rows = [
        Row(variable: "AERIE_TRIAL", value: nil, message: "is not set; a trial's pod gets it from the controller"),
        Row(
            variable: "AERIE_CONTRACT", value: "2",
            message: "must be one of 1...1, got 2: use a trainer image of the controller's release"),
        Row(variable: "AERIE_PARAMETERS", value: "[]", message: "must be a JSON object"),
        Row(variable: "AERIE_CHECKPOINT_KEEP", value: "0", message: "must be 1…1000, got 0"),
        Row(variable: "AERIE_OBJECTIVE", value: #"{"goal":"Maximize"}"#, message: "the field metric is missing"),
    ]

    @Test("a missing or wrong variable is named", arguments: rows)
    func refusals(row: Row) throws {
        var variables = try Self.variables()
        variables[row.variable] = row.value
        #expect(throws: FieldError(row.variable, row.message)) { try TrialEnvironment(variables: variables) }
    }
}
