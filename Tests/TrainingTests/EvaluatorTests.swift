import AerieAPI
import Glibc
import KubernetesAPI
import TestSupport
import Testing

/// The evaluator of a TFJob: it looks on, measures, and ends when the others do.
@Suite struct EvaluatorTests {
    static let trainer: JSONValue = [
        "model": ["width": 16],
        "training": ["steps": 120, "evaluateEvery": 20, "learningRate": 0.003, "batchSize": 100, "seed": 5],
    ]

    @Test("it measures what the chief measures, ends with the training and leaves the chief's choice alone")
    func measures() async throws {
        let fixture = try TrialFixture(Self.trainer)
        let tasks = LocalTasks(fixture, ["chief": 1, "evaluator": 1, "worker": 1])
        try tasks.start("evaluator-0")
        try tasks.wait("evaluator-0", toPrint: "waiting for checkpoints")
        try tasks.start("chief-0")
        try tasks.start("worker-0")
        for name in tasks.names {
            let ending = try tasks.wait(name)
            #expect(ending.code == 0, "\(name): \(ending.output)\(ending.errors)")
        }
        let chief = try TrialResult(parsing: tasks.message("chief-0"))
        let evaluator = try TrialResult(parsing: tasks.message("evaluator-0"))
        #expect(evaluator.reason == "Completed")
        #expect(evaluator.step == 120)
        #expect(evaluator.checkpoint == chief.checkpoint)
        #expect(evaluator.metrics[MetricName.accuracy] == chief.metrics[MetricName.accuracy])
        #expect(evaluator.metrics[MetricName.trainingLoss] == nil)

        // The best and the last are kept, so they have been measured however slow the machine was.
        let folder = "\(fixture.path)/evaluators/evaluator-0-1"
        let measured = try Files.names(in: "\(folder)/evaluations")
        #expect(Set(measured).isSuperset(of: ["120.json", "\(chief.checkpoint?.step ?? 0).json"]))
        for name in measured {
            let own = try JSONValue(parsing: Files.bytes("\(folder)/evaluations/\(name)"))
            let theirs = try fixture.document("evaluations/\(name)", attempt: "chief-0-1")
            #expect(own["validation"] == theirs["validation"], "\(name)")
        }
        // Nothing of it is among what trainers go on from, and no copies of checkpoints are left.
        #expect(try Files.names(in: "\(fixture.path)/attempts") == ["chief-0-1"])
        #expect(!Files.exists("\(folder)/checkpoints"))
        let events = try await JSONValue(parsing: PythonReference.run(file: "events.py", [folder]))
        #expect(events["steps"]?.arrayValue?.count == measured.count)
        #expect(events["tags"]?.arrayValue?.contains("validation/accuracy") == true)
    }

    @Test("of a training that is over it measures what was kept; a damaged checkpoint is passed over")
    func afterwards() throws {
        let fixture = try TrialFixture(Self.trainer)
        #expect(try fixture.run(attempt: "a").code == 0)
        let kept = try fixture.document("checkpoints.json")["checkpoints"]?.arrayValue?.compactMap {
            $0["step"]?.intValue
        }
        let last = try #require(kept?.last)
        let best = try #require(fixture.message().checkpoint?.step)
        let victim = try #require(kept?.first { $0 != best })
        try Files.flipBit(
            of: "\(fixture.path)/attempts/a/checkpoints/ckpt-\(victim).data-00000-of-00001", at: 100)
        let tasks = LocalTasks(fixture, ["chief": 1, "evaluator": 1])
        try tasks.start("evaluator-0")
        let ending = try tasks.wait("evaluator-0")
        #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
        #expect(ending.output.contains("ckpt-\(victim).data-00000-of-00001 is damaged"))
        let names = try Files.names(in: "\(fixture.path)/evaluators/evaluator-0-1/evaluations")
        #expect(Set(names) == Set((kept ?? []).filter { $0 != victim }.map { "\($0).json" }), "kept until \(last)")
    }

    @Test("when no checkpoint ever comes it fails and says where it looked")
    func silence() throws {
        let fixture = try TrialFixture(Self.trainer)
        let tasks = LocalTasks(
            fixture, ["chief": 1, "evaluator": 1], variables: ["AERIE_CHECKPOINT_TIMEOUT": "1"])
        try tasks.start("evaluator-0")
        let ending = try tasks.wait("evaluator-0")
        #expect(ending.code == TrialExitCode.peerUnavailable.rawValue, "\(ending.output)\(ending.errors)")
        let result = try TrialResult(parsing: tasks.message("evaluator-0"))
        #expect(result.reason == "PeerUnavailable")
        #expect(
            result.message
                == "waited 1 s (AERIE_CHECKPOINT_TIMEOUT) for a checkpoint in \(fixture.path): there was none")
        #expect(!Files.exists(fixture.path))
    }

    @Test("SIGTERM ends it with 143, and it begins anew")
    func stopped() throws {
        let tasks = LocalTasks(try TrialFixture(Self.trainer), ["chief": 1, "evaluator": 1])
        try tasks.start("evaluator-0")
        try tasks.wait("evaluator-0", toPrint: "waiting for checkpoints")
        tasks.signal("evaluator-0", SIGTERM)
        #expect(try tasks.wait("evaluator-0").code == TrialExitCode.terminated.rawValue)
        #expect(try TrialResult(parsing: tasks.message("evaluator-0")).reason == "Interrupted")
        try tasks.start("evaluator-0")
        try tasks.start("chief-0")
        #expect(try tasks.wait("chief-0").code == 0)
        #expect(try tasks.wait("evaluator-0").code == 0)
    }
}
