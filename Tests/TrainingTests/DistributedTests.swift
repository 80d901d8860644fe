import AerieAPI
import Glibc
import KubernetesAPI
import Testing

/// Several tasks on TensorFlow's own servers train as one task would.
@Suite struct DistributedTests {
    static let trainer: JSONValue = [
        "model": ["architecture": "mlp", "width": 32, "depth": 2, "dropout": 0.3],
        "training": [
            "optimizer": "adamw", "schedule": "cosine", "learningRate": 0.003, "batchSize": 100, "steps": 240,
            "evaluateEvery": 20, "seed": 5,
        ],
    ]

    /// One chief and two workers that reduce among themselves; a parameter server with two workers.
    static let shapes: [[String: Int]] = [["chief": 1, "worker": 2], ["ps": 1, "worker": 2]]

    static func lead(_ shape: [String: Int]) -> String { shape["chief"] == nil ? "worker-0" : "chief-0" }

    /// The same training by one task.
    static let alone = Result { () throws -> TrialFixture in
        let fixture = try TrialFixture(trainer)
        let ending = try fixture.run()
        guard ending.code == 0 else { throw TestFailure("ended with \(ending.code): \(ending.output)\(ending.errors)") }
        return fixture
    }

    @Test("the batch shared by three tasks gives the numbers that one task gets", arguments: shapes)
    func sameAsAlone(shape: [String: Int]) throws {
        let reference = try Self.alone.get()
        let fixture = try TrialFixture(Self.trainer)
        let tasks = LocalTasks(fixture, shape)
        for name in tasks.names { try tasks.start(name) }
        for name in tasks.names {
            let ending = try tasks.wait(name)
            #expect(ending.code == 0, "\(name): \(ending.output)\(ending.errors)")
        }
        let expected = try reference.curve()
        let curve = try fixture.curve()
        #expect(Set(curve.keys) == Set(expected.keys))
        for (step, documents) in curve {
            let theirs = try #require(expected[step]?.first)
            for name in ["trainingLoss", "loss"] {
                let value = try #require(Self.loss(name, of: documents[0]))
                let other = try #require(Self.loss(name, of: theirs))
                #expect(abs(value - other) < 1e-4 * max(1, other), "\(name) of step \(step)")
            }
        }
        // Only the lead writes.
        #expect(try Files.names(in: "\(fixture.path)/attempts") == ["\(Self.lead(shape))-1"])
    }

    private static func loss(_ name: String, of document: JSONValue) -> Double? {
        (document[name] ?? document["validation"]?[name])?.doubleValue
    }

    @Test("killed and stopped tasks come back, and the weights are those of an undisturbed run", arguments: shapes)
    func losses(shape: [String: Int]) throws {
        let lead = Self.lead(shape)
        let undisturbed = try TrialFixture(Self.trainer)
        let disturbed = try TrialFixture(Self.trainer)
        let quiet = LocalTasks(undisturbed, shape)
        let tasks = LocalTasks(disturbed, shape)
        for name in tasks.names { try tasks.start(name) }
        // A kubelet's SIGKILL, in the middle of a step.
        let victim = shape["ps"] == nil ? "worker-1" : "ps-0"
        try tasks.wait(lead, toPrint: #""step":40,"#)
        tasks.signal(victim, SIGKILL)
        #expect(try tasks.wait(victim).code == 137)
        try tasks.wait(lead, toPrint: "a task was lost")
        try tasks.start(victim)
        // SIGTERM to the lead, which saves where it is.
        try tasks.wait(lead, toPrint: #""step":120,"#)
        tasks.signal(lead, SIGTERM)
        let stopped = try tasks.wait(lead)
        #expect([0, 143].contains(stopped.code), "\(stopped.output)\(stopped.errors)")
        if stopped.code == 143 { try tasks.start(lead) }
        for name in tasks.names where name != lead || stopped.code == 143 {
            let ending = try tasks.wait(name)
            #expect(ending.code == 0, "\(name): \(ending.output)\(ending.errors)")
        }
        for name in quiet.names { try quiet.start(name) }
        for name in quiet.names { #expect(try quiet.wait(name).code == 0) }

        let result = try TrialResult(parsing: tasks.message(lead))
        let expected = try TrialResult(parsing: quiet.message(lead))
        #expect(result.checkpoint?.digest == expected.checkpoint?.digest)
        #expect(result.metrics == expected.metrics)
    }

    @Test("a task that never comes is named, and the wait ends", arguments: ["chief-0", "worker-1"])
    func missing(survivor: String) throws {
        let tasks = LocalTasks(try TrialFixture(Self.trainer), Self.shapes[0], variables: ["AERIE_PEER_TIMEOUT": "2"])
        try tasks.start(survivor)
        let ending = try tasks.wait(survivor)
        #expect(ending.code == TrialExitCode.peerUnavailable.rawValue, "\(ending.output)\(ending.errors)")
        let result = try TrialResult(parsing: tasks.message(survivor))
        #expect(result.reason == "PeerUnavailable")
        for name in survivor == "chief-0" ? ["worker-0", "worker-1"] : ["chief-0"] {
            #expect(
                result.message?.contains("\(name) (\(tasks.address(name))): nothing listens there") == true,
                "\(result.message ?? "")")
        }
        #expect(result.message?.contains("2 s") == true)
    }

    @Test("a task that does not answer any more is as good as lost")
    func frozen() throws {
        let tasks = LocalTasks(
            try TrialFixture(Self.trainer), Self.shapes[0],
            variables: ["AERIE_PEER_TIMEOUT": "8", "AERIE_STEP_TIMEOUT": "2"])
        for name in tasks.names { try tasks.start(name) }
        try tasks.wait("chief-0", toPrint: #""step":20,"#)
        tasks.signal("worker-0", SIGSTOP)
        let ending = try tasks.wait("chief-0")
        #expect(ending.code == TrialExitCode.peerUnavailable.rawValue, "\(ending.output)\(ending.errors)")
        let message = try TrialResult(parsing: tasks.message("chief-0")).message ?? ""
        #expect(message.contains("worker-0 (\(tasks.address("worker-0")))"), "\(message)")
    }

    @Test("tasks that were started for different trainings do not train together")
    func different() throws {
        let fixture = try TrialFixture(Self.trainer)
        let tasks = LocalTasks(fixture, ["worker": 2], variables: ["AERIE_PEER_TIMEOUT": "60"])
        try tasks.start("worker-0")
        try tasks.start("worker-1") { $0.parameters = ["width": 33] }
        let ending = try tasks.wait("worker-0")
        #expect(ending.code == TrialExitCode.badConfiguration.rawValue, "\(ending.output)\(ending.errors)")
        let message = try TrialResult(parsing: tasks.message("worker-0")).message ?? ""
        #expect(
            message == "worker-1 (\(tasks.address("worker-1"))) has another configuration than the lead: "
                + "give all replicas the same")
        #expect(try tasks.wait("worker-1").code == 0)
    }
}
