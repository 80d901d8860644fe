import AerieAPI
import Glibc
import KubernetesAPI
import Testing

/// A training that is interrupted ends exactly as one that is not.
@Suite struct ResumeTests {
    static let trainer: JSONValue = [
        "model": ["architecture": "mlp", "width": 48, "depth": 2, "dropout": 0.3],
        "training": [
            "optimizer": "adam", "schedule": "cosine", "learningRate": 0.003, "batchSize": 100, "steps": 900,
            "evaluateEvery": 60, "seed": 5,
        ],
    ]

    /// The same trial without any interruption.
    static let uninterrupted = Result { () throws -> TrialFixture in
        let fixture = try TrialFixture(trainer)
        let ending = try fixture.run()
        guard ending.code == 0 else { throw TestFailure("ended with \(ending.code): \(ending.output)\(ending.errors)") }
        return fixture
    }

    private func expectSame(_ fixture: TrialFixture, lastAttempt: String) throws {
        let reference = try Self.uninterrupted.get()
        let expected = try reference.message()
        let actual = try fixture.message(attempt: lastAttempt)
        #expect(actual.checkpoint?.digest == expected.checkpoint?.digest)
        #expect(actual.checkpoints.map(\.digest) == expected.checkpoints.map(\.digest))
        #expect(actual.metrics == expected.metrics)
        // The last checkpoint holds the weights, the optimizer's state and the step.
        let last = { (document: JSONValue) in document["checkpoints"]?.arrayValue?.last?["digest"] }
        let expectedLast = try #require(try last(reference.document("checkpoints.json")))
        #expect(try manifests(of: fixture).contains { last($0) == expectedLast })
        let curve = try reference.curve()
        #expect(curve.count == 15)
        for (step, documents) in try fixture.curve() {
            for document in documents { #expect(document == curve[step]?.first, "step \(step)") }
        }
        #expect(try Set(fixture.curve().keys) == Set(curve.keys))
    }

    /// The manifests of all attempts that saved a checkpoint; one that found the trial complete has none.
    private func manifests(of fixture: TrialFixture) throws -> [JSONValue] {
        try Files.names(in: "\(fixture.path)/attempts")
            .filter { Files.exists("\(fixture.path)/attempts/\($0)/checkpoints.json") }
            .map { try fixture.document("checkpoints.json", attempt: $0) }
    }

    @Test("killed at random moments and started again, a trial ends with the very same curve and weights")
    func killed() throws {
        let fixture = try TrialFixture(Self.trainer)
        var generator = SystemRandomNumberGenerator()
        var delays: [UInt32] = []
        for attempt in 0..<9 {
            // Early at first, when a fast machine is in the middle of it; later and later for slow ones.
            let latest = UInt32(600_000 + 150_000 * attempt)
            let delay = UInt32.random(in: 50_000...latest, using: &generator)
            delays.append(delay)
            // Every third time the container is restarted in the same pod.
            let child = try fixture.start(attempt: "pod-\(attempt - attempt % 3 / 2)")
            // Some at any moment from the start of the process on, the others while they train.
            if attempt % 3 != 0 {
                var waited = 0
                while waited < 1200, try !child.output().contains(#""message":"#) {
                    usleep(50_000)
                    waited += 1
                }
            }
            usleep(delay)
            child.signal(SIGKILL)
            let ending = try child.wait()
            try #require([0, 137].contains(ending.code), "delays \(delays): \(ending.output)")
        }
        let ending = try fixture.run(attempt: "last")
        #expect(ending.code == 0, "delays \(delays): \(ending.output)")
        try expectSame(fixture, lastAttempt: "last")
        #expect(try manifests(of: fixture).count > 1, "delays \(delays): no attempt was cut off in the middle")
    }

    @Test("SIGTERM saves a checkpoint and exits 143; the next attempt goes on from that very step")
    func terminated() throws {
        let fixture = try TrialFixture(Self.trainer)
        let child = try fixture.start(attempt: "a")
        var waited = 0
        while !Files.exists("\(fixture.path)/attempts/a/evaluations/60.json"), waited < 3000 {
            usleep(10_000)
            waited += 1
        }
        child.signal(SIGTERM)
        let ending = try child.wait()
        #expect(ending.code == 143, "\(ending.output)")
        let message = try fixture.message(attempt: "a")
        #expect(message.reason == "Interrupted")
        let saved = try #require(
            fixture.document("checkpoints.json", attempt: "a")["checkpoints"]?.arrayValue?.last?["step"]?.intValue)
        #expect(message.message == "stopped after step \(saved) of 900")

        let next = try fixture.run(attempt: "b")
        #expect(next.code == 0)
        #expect(next.lines.contains { $0.contains(#""message":"resumed","step":\#(saved)"#) })
        try expectSame(fixture, lastAttempt: "b")
    }

    @Test("a damaged checkpoint is passed over with a message, and an earlier one is taken instead")
    func damagedCheckpoint() throws {
        let fixture = try TrialFixture(Self.trainer)
        var shorter = fixture
        shorter.trainer["training"]?["steps"] = 900
        let child = try shorter.start(attempt: "a")
        var waited = 0
        while !Files.exists("\(fixture.path)/attempts/a/evaluations/240.json"), waited < 3000 {
            usleep(10_000)
            waited += 1
        }
        child.signal(SIGTERM)
        #expect(try child.wait().code == 143)
        let name = try #require(
            Files.names(in: "\(fixture.path)/attempts/a/checkpoints").filter { $0.hasSuffix(".index") }
                .max { $0.count == $1.count ? $0 < $1 : $0.count < $1.count })
        try Files.flipBit(of: "\(fixture.path)/attempts/a/checkpoints/\(name)", at: 20)

        let ending = try fixture.run(attempt: "b")
        #expect(ending.code == 0)
        let warning = try #require(ending.lines.first { $0.contains(#""level":"warning""#) })
        #expect(warning.contains("\(name) is damaged: the manifest says sha256:"))
        try expectSame(fixture, lastAttempt: "b")
    }

    @Test("two live trainers on one trial do not disturb each other, and both end with the same result")
    func twoAtOnce() throws {
        let fixture = try TrialFixture(Self.trainer)
        let first = try fixture.start(attempt: "one")
        usleep(400_000)
        let second = try fixture.start(attempt: "two")
        #expect(try first.wait().code == 0)
        #expect(try second.wait().code == 0)
        try expectSame(fixture, lastAttempt: "one")
        try expectSame(fixture, lastAttempt: "two")
        for attempt in ["one", "two"] {
            let checkpoint = try #require(fixture.message(attempt: attempt).checkpoint)
            let ending = try TrialFixture.command([
                "evaluate", "--checkpoint", "\(fixture.path)/\(checkpoint.path)", "--digest", checkpoint.digest,
                "--data", Installation.landsat, "--split", "validation", "--output", "json",
            ])
            let accuracy = try JSONValue(parsing: ending.output)["metrics"]?["accuracy"]?.doubleValue
            #expect(accuracy == checkpoint.value.value)
        }
    }

    @Test("a complete trial gives its result again without training and without data")
    func complete() throws {
        let folder = try TemporaryFolder()
        let reference = try Self.uninterrupted.get()
        try Files.copy(reference.folder["experiment"], to: folder["experiment"])
        var fixture = try TrialFixture(Self.trainer, folder: folder)
        fixture.dataset = "/nonexistent"
        let ending = try fixture.run(attempt: "later")
        #expect(ending.code == 0)
        #expect(try fixture.message(attempt: "later") == reference.message())
        #expect(!Files.exists("\(fixture.path)/attempts/later"))
    }
}
