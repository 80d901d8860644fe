import AerieAPI
import KubernetesAPI
import TestSupport
import Testing

/// What the trainer computes is what Python's TensorFlow computes.
@Suite struct PythonTensorFlowTests {
    static let cases: [(model: JSONValue, training: JSONValue)] = [
        (["architecture": "mlp", "activation": "relu", "depth": 3], ["optimizer": "sgd", "learningRate": 0.05]),
        (
            ["architecture": "mlp", "activation": "tanh", "normalization": "scale"],
            ["optimizer": "momentum", "learningRate": 0.02, "momentum": 0.8]
        ),
        (["architecture": "mlp", "activation": "swish"], ["optimizer": "adam", "learningRate": 0.01]),
        (
            ["architecture": "cnn", "activation": "gelu", "depth": 2],
            ["optimizer": "adamw", "learningRate": 0.01, "weightDecay": 0.2, "schedule": "cosine"]
        ),
        (["architecture": "cnn", "activation": "relu", "depth": 1], ["optimizer": "adam", "schedule": "cosine"]),
    ]

    @Test("optimizers, activations, layers, checkpoints, exports and event files agree with Python's TensorFlow")
    func reference() async throws {
        let folder = try TemporaryFolder()
        let data = folder["data"]
        _ = try await PythonReference.run(file: "make-dataset.py", [data])
        var fixtures: [TrialFixture] = []
        for (index, example) in Self.cases.enumerated() {
            var model = example.model
            model["width"] = 12
            var training = example.training
            // All records in each step, so that their order does not matter.
            for (name, value) in ["batchSize": 48, "steps": 3, "evaluateEvery": 1, "seed": 3] {
                training[name] = JSONValue(value)
            }
            var fixture = try TrialFixture(["model": model, "training": training], folder: folder)
            fixture.name = "trial-\(index)"
            fixture.dataset = data
            let ending = try fixture.run(attempt: "a\(index)")
            try #require(ending.code == 0, "\(ending.output)\(ending.errors)")
            let export = try TrialFixture.command([
                "export", "--trial", fixture.path, "--step", "3", "--output", "\(fixture.path)/export",
            ])
            try #require(export.code == 0, "\(export.errors)")
            fixtures.append(fixture)
        }
        let output = try await PythonReference.run(file: "trainer.py", [data] + fixtures.map(\.path))
        let results = try #require(try JSONValue(parsing: output).arrayValue)
        try #require(results.count == fixtures.count)
        for (index, (fixture, result)) in zip(fixtures, results).enumerated() {
            let number = { (name: String) in result[name]?.doubleValue ?? .nan }
            // Two steps moved the weights by far more than they differ from the reference.
            #expect(number("difference") < 1e-5, "case \(index): \(result)")
            #expect(number("moved") > 5e-4, "case \(index): \(result)")
            #expect(number("globalStep") == 3)
            #expect(number("exportedVariables") == number("modelVariables") && number("modelVariables") >= 4)
            #expect(result["exportedVariablesSame"] == true)
            #expect(number("probabilityDifference") < 1e-5, "case \(index): \(result)")
            let steps = result["eventSteps"]?.arrayValue?.compactMap(\.intValue) ?? []
            #expect(steps.filter { $0 > 0 } == [1, 2, 3])
            let tags = result["eventTags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(Set(tags).isSuperset(of: ["training/loss", "validation/accuracy", "validation/f1/dune"]))
            // The loss of a step, before it changed the weights, is what the evaluation after it reports.
            for (position, loss) in (result["losses"]?.arrayValue ?? []).enumerated() {
                let document = try fixture.document("evaluations/\(position + 2).json", attempt: "a\(index)")
                let reported = document["trainingLoss"]?.doubleValue ?? .nan
                #expect(abs(reported - (loss.doubleValue ?? .nan)) < 1e-4, "case \(index)")
            }
            try expectSameAccuracy(fixture, data: data, python: number("accuracy"))
        }
    }

    private func expectSameAccuracy(_ fixture: TrialFixture, data: String, python: Double) throws {
        let checkpoint = try Files.names(in: "\(fixture.path)/attempts").map {
            "\(fixture.path)/attempts/\($0)/checkpoints/ckpt-3"
        }
        for arguments in [["--checkpoint"] + checkpoint, ["--saved-model", "\(fixture.path)/export"]] {
            let ending = try TrialFixture.command(["evaluate", "--data", data, "--output", "json"] + arguments)
            try #require(ending.code == 0, "\(ending.errors)")
            #expect(try JSONValue(parsing: ending.output)["metrics"]?["accuracy"]?.doubleValue == python)
        }
    }
}
