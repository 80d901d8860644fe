import AerieAPI
import KubernetesAPI
import Testing

/// Wrong input ends with the exit code that tells why, and a message that names it.
@Suite struct RefusalTests {
    static let short: JSONValue = ["training": ["steps": 20, "evaluateEvery": 10]]

    @Test("a flipped bit in a record is found, and the record is named")
    func damagedRecord() throws {
        var fixture = try TrialFixture(Self.short)
        try Files.copy(Installation.landsat, to: fixture.folder["data"])
        fixture.dataset = fixture.folder["data"]
        // Landsat's records are 85 bytes long, with 16 bytes around 69 of data.
        try Files.flipBit(of: fixture.folder["data/train.tfrecord"], at: 85 * 7 + 40)
        let ending = try fixture.run()
        #expect(ending.code == 65)
        let message = try fixture.message()
        #expect(message.reason == "BadData")
        let text = try #require(message.message)
        #expect(
            text.contains("train.tfrecord is damaged in record 7 at byte 595: the checksum of its data does not fit"))
        #expect(text.contains("expected sha256:fbcf110b") && text.contains("found sha256:"))
    }

    @Test("a checkpoint with a flipped bit is refused by evaluate and export, with the file and both digests")
    func damagedCheckpoint() throws {
        let fixture = try TrialFixture(Self.short)
        #expect(try fixture.run().code == 0)
        let best = try #require(fixture.message().checkpoint)
        let file = "\(fixture.path)/\(best.path).data-00000-of-00001"
        try Files.flipBit(of: file, at: 1000)
        for arguments in [
            ["evaluate", "--data", Installation.landsat, "--split", "validation"],
            ["export", "--output", fixture.folder["model"]],
        ] {
            let ending = try TrialFixture.command(arguments + ["--checkpoint", "\(fixture.path)/\(best.path)"])
            #expect(ending.code == 65)
            #expect(ending.errors.contains("\(file) is damaged: the manifest says sha256:"))
            #expect(ending.errors.contains("the file has sha256:"))
        }
        #expect(!Files.exists(fixture.folder["model"]))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var change: @Sendable (inout TrialFixture) -> Void
        var code: Int32
        var message: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "an unknown field of the trainer", change: { $0.trainer["model"] = ["layers": 2] }, code: 78,
            message: "trainer.model.layers: unknown field"),
        Row(
            name: "a parameter out of bounds", change: { $0.parameters = ["width": 0] }, code: 78,
            message: "parameters.width: must be 1…4096, got 0"),
        Row(
            name: "an objective that is not reported", change: { $0.objective.metric = "validation/loss2" }, code: 78,
            message: "objective.metric: validation/loss2 is not reported; known are training/loss"),
        Row(
            name: "a dataset that is not there", change: { $0.dataset = "/nonexistent" }, code: 65,
            message: "there is no dataset in /nonexistent"),
        Row(
            name: "a dataset with another digest", change: { $0.datasetDigest = "sha256:00" }, code: 65,
            message: "expected sha256:00"),
        Row(
            name: "a store that is no file system", change: { $0.dataset = "s3://bucket/landsat" }, code: 78,
            message: "file://s3://bucket/landsat is not a file:/// URI"),
    ]

    @Test("is refused before anything is trained", arguments: rows)
    func refused(row: Row) throws {
        var fixture = try TrialFixture(Self.short)
        row.change(&fixture)
        let ending = try fixture.run()
        #expect(ending.code == row.code)
        #expect(try fixture.message().message?.contains(row.message) == true, "\(ending.output)")
        #expect(!Files.exists("\(fixture.path)/attempts"))
    }

    @Test("a folder that holds another trial, or the same with other parameters or data, is left alone")
    func otherTrial() throws {
        let fixture = try TrialFixture(Self.short)
        #expect(try fixture.run().code == 0)
        for (change, what) in [
            ({ $0.uid = "other" }, "another uid"),
            ({ $0.parameters = ["width": 8] }, "another configuration"),
            ({ $0.datasetDigest = "sha256:00" }, "another dataset"),
        ] as [((inout TrialFixture) -> Void, String)] {
            var changed = fixture
            change(&changed)
            let ending = try changed.run(attempt: "b")
            #expect(ending.code == 78)
            #expect(try changed.message(attempt: "b").message?.contains(what) == true)
        }
    }

    @Test("wrong usage ends with 64")
    func usage() throws {
        for arguments in [
            ["train"], ["train", "--parameter", "width"], ["evaluate", "--data", "/tmp"], ["select"],
            ["export", "--trial", "/tmp", "--checkpoint", "/tmp", "--output", "/tmp"], ["nonsense"],
        ] {
            #expect(try TrialFixture.command(arguments).code == 64, "\(arguments)")
        }
        #expect(try TrialFixture.command(["--help"]).code == 0)
    }

    @Test("a loss that is no number ends the trial, and what was good before that stays")
    func divergence() throws {
        let trainer: JSONValue = [
            // Weights of 100 in twenty layers multiply beyond what a float holds.
            "model": ["depth": 20],
            "training": ["optimizer": "adam", "learningRate": 100, "steps": 2000, "evaluateEvery": 500],
        ]
        let fixture = try TrialFixture(trainer)
        let ending = try fixture.run()
        #expect(ending.code == 1)
        let message = try fixture.message()
        #expect(message.reason == "Diverged")
        #expect(message.checkpoint == nil)
        #expect(message.metrics["validation/accuracy"]?.isNaN == true)
        #expect(message.message?.contains("training/loss became") == true, "\(ending.output)")

        var evaluated = try TrialFixture(trainer)
        evaluated.trainer["training"]?["evaluateEvery"] = 1
        #expect(try evaluated.run().code == 0)
        let second = try evaluated.message()
        #expect(second.reason == "Diverged")
        #expect(second.checkpoint?.value.value.isFinite == true)
    }
}
