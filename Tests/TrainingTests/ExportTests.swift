import AerieAPI
import KubernetesAPI
import TensorFlow
import Testing

@Suite struct ExportTests {
    static let trained = Result { () throws -> TrialFixture in
        let fixture = try TrialFixture([
            "model": ["width": 32], "training": ["steps": 300, "evaluateEvery": 50, "learningRate": 0.003],
        ])
        let ending = try fixture.run()
        guard ending.code == 0 else { throw TestFailure("ended with \(ending.code): \(ending.output)\(ending.errors)") }
        return fixture
    }

    @Test("the same checkpoint gives the same bytes, which replace an earlier export but nothing else")
    func reproducible() throws {
        let fixture = try Self.trained.get()
        let best = try #require(fixture.message().checkpoint)
        let checkpoint = ["--checkpoint", "\(fixture.path)/\(best.path)", "--digest", best.digest]
        for name in ["copy-1", "copy-2", "copy-2"] {
            let ending = try TrialFixture.command(["export", "--output", fixture.folder[name]] + checkpoint)
            #expect(ending.code == 0, "\(ending.errors)")
            #expect(try JSONValue(parsing: ending.output)["checkpoint"]?.stringValue == best.digest)
        }
        for file in ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"] {
            #expect(
                try Files.bytes(fixture.folder["copy-1/\(file)"]) == Files.bytes(fixture.folder["copy-2/\(file)"]))
        }
        #expect(try Files.names(in: fixture.folder.path).filter { $0.hasPrefix("copy-") } == ["copy-1", "copy-2"])
        let refused = try TrialFixture.command(["export", "--output", fixture.path] + checkpoint)
        #expect(refused.code == 64)
        #expect(refused.errors.contains("holds something else than a SavedModel"))
    }

    @Test("a checkpoint that has another digest than the one asked for is refused")
    func otherDigest() throws {
        let fixture = try Self.trained.get()
        let ending = try TrialFixture.command([
            "export", "--trial", fixture.path, "--digest", "sha256:00", "--output", fixture.folder["never"],
        ])
        #expect(ending.code == 65)
        #expect(ending.errors.contains("expected sha256:00"))
        #expect(!Files.exists(fixture.folder["never"]))
    }

    @Test("an exported model takes raw pixels, by its signature, in batches of any size")
    func signature() throws {
        let fixture = try Self.trained.get()
        let path = fixture.folder["model-signature"]
        #expect(try TrialFixture.command(["export", "--trial", fixture.path, "--output", path]).code == 0)
        let model = try SavedModel(directory: path)
        let signature = try #require(model.signatures[Signature.servingDefault])
        #expect(signature.inputs["image"]?.shape == [nil, 3, 3, 4])
        #expect(signature.inputs["image"]?.dataType == .float)
        #expect(signature.outputs["probabilities"]?.shape == [nil, 6])
        #expect(signature.outputs["class"]?.dataType == .int64)
        let pixels = (0..<36).map { Float($0 * 7 % 256) }
        let one = try model.run(inputs: ["image": Tensor(pixels, shape: [1, 3, 3, 4])])
        let two = try model.run(inputs: ["image": Tensor(pixels + pixels, shape: [2, 3, 3, 4])])
        let output = try #require(one["probabilities"])
        let probabilities = try output.scalars(of: Float.self)
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
        #expect(try two["class"]?.scalars(of: Int64.self) == (one["class"]?.scalars(of: Int64.self)).map { $0 + $0 })
        #expect(throws: TFError(.invalidArgument, "input \"image\" is missing")) { try model.run(inputs: [:]) }
        #expect(throws: TFError.self) { try model.run(inputs: ["image": Tensor(pixels, shape: [1, 36])]) }
        #expect(throws: TFError.self) { try model.run("other", inputs: [:]) }
    }

    @Test("the best checkpoint of an experiment is found over all trials and kept steps")
    func selection() throws {
        let fixture = try Self.trained.get()
        var other = fixture
        other.name = "landsat-1"
        other.parameters = ["learningRate": 0.000_01]
        #expect(try other.run(attempt: "b").code == 0)
        let best = try #require(fixture.message().checkpoint)
        let experiment = fixture.folder["experiment"]
        let ending = try TrialFixture.command([
            "select", "--experiment", experiment, "--metric", "validation/accuracy", "--goal", "Maximize", "--output",
            "json",
        ])
        let document = try JSONValue(parsing: ending.output)
        #expect(document["trial"] == "landsat-0")
        #expect(document["digest"]?.stringValue == best.digest)
        #expect(document["checkpoint"]?.stringValue == "\(fixture.path)/\(best.path)")
        let worst = try TrialFixture.command([
            "select", "--experiment", experiment, "--metric", "validation/accuracy", "--goal", "Minimize", "--output",
            "json",
        ])
        #expect(try JSONValue(parsing: worst.output)["trial"] == "landsat-1")
        let none = try TrialFixture.command(["select", "--experiment", Installation.landsat])
        #expect(none.code == 65)
    }

    @Test("held-out accuracy of a short training on Landsat is what the field reports for small networks")
    func heldOut() throws {
        let fixture = try Self.trained.get()
        let ending = try TrialFixture.command([
            "evaluate", "--checkpoint", fixture.path, "--data", Installation.heldOutLandsat, "--split", "test",
            "--output", "json",
        ])
        let metrics = try #require(try JSONValue(parsing: ending.output)["metrics"])
        #expect(metrics["records"] == 2000)
        let accuracy = metrics["accuracy"]?.doubleValue ?? 0
        #expect(accuracy > 0.84 && accuracy < 0.94)
    }
}
