import AerieAPI
import Decisions
import KubernetesAPI
import Testing

@Suite struct TrialDecisionTests {
    private typealias Fixture = TrialFixture

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var trial = TrialFixture.trial(status: TrialFixture.seen)
        var job: TFJob?
        var pods: [Pod] = []
        var profile: AcceleratorProfile?
        var state: Trial.State
        var reason: String
        var actions: [String] = []

        var testDescription: String { name }
    }

    private static let t4 = AcceleratorRequest(profile: "t4")
    private static func profile(_ namespaces: [String]) -> AcceleratorProfile {
        AcceleratorProfile(
            metadata: ObjectMeta(name: "t4"),
            spec: .init(resourceName: "nvidia.com/gpu", allowedNamespaces: namespaces))
    }
    private static func job(_ type: TFJob.JobCondition.ConditionType, _ reason: String) -> TFJob {
        Fixture.job(.init(type, reason: reason, message: "…"))
    }
    private static var foreign: TFJob {
        var job = Fixture.running
        job.metadata.ownerReferences = []
        return job
    }

    static let rows = [
        Row(
            name: "a new trial gets its TFJob", trial: Fixture.trial(), state: .pending, reason: "TFJobCreated",
            actions: ["create TFJob landsat-00003"]),
        Row(
            name: "without its accelerator profile it waits", trial: Fixture.trial(accelerator: t4), state: .pending,
            reason: "AcceleratorProfileNotFound"),
        Row(
            name: "in a namespace that may not use the accelerator it waits", trial: Fixture.trial(accelerator: t4),
            profile: profile(["imagery"]), state: .pending, reason: "AcceleratorNotAllowed"),
        Row(
            name: "with its accelerator profile it starts", trial: Fixture.trial(accelerator: t4),
            profile: profile([]), state: .pending, reason: "TFJobCreated", actions: ["create TFJob landsat-00003"]),
        Row(
            name: "a job that has not begun is waited for", job: Fixture.job(nil), state: .pending,
            reason: "TFJobCreated"),
        Row(
            name: "a job that runs is a trial that runs", job: Fixture.running, state: .running, reason: "TFJobRunning"),
        Row(
            name: "what stalls the job is what the trial waits for", job: job(.stalled, "ErrImagePull"),
            state: .pending,
            reason: "ErrImagePull"),
        Row(
            name: "a queue holds the job", job: job(.suspended, "TFJobSuspended"), state: .pending, reason: "Suspended"),
        Row(
            name: "a job that restarts", job: job(.restarting, "TFJobRestarting"), state: .pending,
            reason: "TFJobRestarting"),
        Row(
            name: "a job of someone else is left alone", trial: Fixture.trial(), job: foreign, state: .pending,
            reason: "NameTaken"),
        Row(name: "a job that was deleted is not created again", state: .failed, reason: "TFJobDeleted"),
        Row(
            name: "a trial that is no longer needed loses its job",
            trial: Fixture.trial(stop: true, status: Fixture.seen),
            job: Fixture.running, state: .pending, reason: "Stopping", actions: ["delete TFJob landsat-00003"]),
        Row(
            name: "and is stopped when the job is gone", trial: Fixture.trial(stop: true, status: Fixture.seen),
            state: .stopped, reason: "StoppedByExperiment"),
        Row(
            name: "a trial that is not needed before it began never begins", trial: Fixture.trial(stop: true),
            state: .stopped, reason: "StoppedByExperiment"),
        Row(
            name: "a wrong spec ends it with the field's name", trial: Fixture.trial(dataset: "ftp://x"),
            state: .failed, reason: "InvalidSpec"),
    ]

    @Test(arguments: rows) func decision(row: Row) throws {
        let (plan, status) = try Fixture.decide(row.trial, job: row.job, pods: row.pods, profile: row.profile)
        #expect(status.state == row.state)
        #expect(status.reason == row.reason)
        #expect(plan.steps == row.actions)
    }

    @Test("an obeyed plan asks for nothing", arguments: rows)
    func settled(row: Row) throws {
        var trial = row.trial
        trial.status = try Fixture.decide(trial, job: row.job, pods: row.pods, profile: row.profile).status
        let again = TrialDecision.decide(
            .init(
                trial: trial, tfJob: row.job, pods: row.pods, profile: row.profile,
                now: Fixture.now.advanced(bySeconds: 9)))
        #expect(again.events.isEmpty)
        if trial.status?.state.isTerminal == true {
            #expect(again == .nothing)
        } else {
            #expect(try again.status == JSONValue(encoding: trial.status))
        }
    }

    @Test("what the server refuses is said in the status")
    func refusal() throws {
        let (plan, status) = try Fixture.decide(
            Fixture.trial(), lastError: KubernetesError(.forbidden, "exceeded quota: tfjobs", code: 403))
        #expect(status.reason == "TFJobRefused")
        #expect(status.conditions.first("Running")?.message == "The TFJob was refused: exceeded quota: tfjobs")
        #expect(plan.actions.count == 1)
    }

    @Test("attempts count the first pod and every restart")
    func attempts() throws {
        let job = Fixture.job(.init(.running, reason: "TFJobRunning", message: "runs"), restarts: 2)
        let pod = Pod(metadata: ObjectMeta(name: "landsat-00003-worker-0", uid: "b"), spec: .init(nodeName: "node-2"))
        let (_, status) = try Fixture.decide(Fixture.trial(), job: job, pods: [pod])
        #expect(status.attempts == 3)
        #expect(status.node == "node-2")
    }
}

@Suite struct TrialResultDecisionTests {
    private typealias Fixture = TrialFixture

    private func finish(_ message: String?) throws -> Trial.Status {
        try Fixture.decide(
            Fixture.trial(status: Fixture.seen), job: Fixture.succeeded, pods: [Fixture.pod(exitCode: 0, message)]
        ).status
    }

    @Test("the pod's last word becomes the trial's status, best checkpoint first")
    func result() throws {
        let status = try finish(
            try Fixture.message(
                best: Fixture.checkpoint(500, 0.91),
                kept: [Fixture.checkpoint(250, 0.91), Fixture.checkpoint(1000, 0.9)]))
        #expect((status.state, status.reason, status.value, status.step) == (.succeeded, "Completed", 0.91, 3000))
        #expect(status.checkpoint?.step == 250)
        #expect(status.checkpoints?.map(\.step) == [250, 500, 1000])
        #expect(status.metrics == ["validation/accuracy": 0.91, "validation/loss": 0.3])
        #expect(status.datasetDigest == Fixture.digest)
        #expect(status.conditions.isTrue("Succeeded"))
        #expect(status.completionTime == Fixture.now)
    }

    @Test("a trial that diverged after a good checkpoint has succeeded with that checkpoint")
    func diverged() throws {
        let status = try finish(
            try Fixture.message(
                .diverged, metrics: ["validation/accuracy": 0.8, "training/loss": .nan],
                best: Fixture.checkpoint(250, 0.8)))
        #expect((status.state, status.reason, status.value) == (.succeeded, "Diverged", 0.8))
        #expect(status.metrics?["training/loss"]?.isNaN == true)
    }

    @Test("a trial without a finite value has succeeded but takes no part in the selection")
    func notFinite() throws {
        let status = try finish(
            try Fixture.message(metrics: ["validation/accuracy": .nan], kept: [Fixture.checkpoint(250, .nan)]))
        #expect((status.state, status.reason) == (.succeeded, "ObjectiveNotFinite"))
        #expect(status.value == nil && status.checkpoints == nil)
    }

    @Test(
        "a result that is missing or malformed fails the trial with an explanation",
        arguments: [
            (nil, "is no result of contract version 1"), ("epoch 7 done\n", "is no result of contract version 1"),
            (#"{"contract":9,"reason":"Completed"}"#, "contract version 9 is not one of"),
        ] as [(String?, String)])
    func malformed(message: String?, explanation: String) throws {
        let status = try finish(message)
        #expect((status.state, status.reason) == (.failed, "MetricsUnavailable"))
        #expect(status.conditions.first("Failed")?.message.contains(explanation) == true)
    }

    @Test("a result for another trial is not taken")
    func foreign() throws {
        let status = try finish(try Fixture.message(trialUID: "other", best: Fixture.checkpoint(1, 0.99)))
        #expect((status.state, status.reason) == (.failed, "MetricsUnavailable"))
        #expect(status.checkpoint == nil)
    }

    @Test("a result without the objective's metric says which metrics there are")
    func missingMetric() throws {
        let status = try finish(try Fixture.message(metrics: ["validation/loss": 0.3]))
        #expect(
            status.conditions.first("Failed")?.message
                == "The trial did not report validation/accuracy, the objective's metric; it reported validation/loss.")
    }

    @Test("a checkpoint outside the trial's folder or without digest is not taken")
    func malformedCheckpoint() throws {
        var outside = Fixture.checkpoint(1, 0.99)
        outside.path = "../landsat-00001/ckpt-1"
        var unsigned = Fixture.checkpoint(2, 0.98)
        unsigned.digest = ""
        let status = try finish(try Fixture.message(best: Fixture.checkpoint(3, 0.9), kept: [outside, unsigned]))
        #expect(status.checkpoints?.map(\.step) == [3])
    }

    @Test("a pod that is not seen yet is waited for, and then the trial fails")
    func lateMessage() throws {
        let trial = Fixture.trial(status: Fixture.seen)
        let (plan, waiting) = try Fixture.decide(trial, job: Fixture.succeeded)
        #expect(waiting.state == .running)
        #expect(plan.requeueAfter == .seconds(5))
        let (_, failed) = try Fixture.decide(trial, job: Fixture.succeeded, now: Fixture.now.advanced(bySeconds: 60))
        #expect((failed.state, failed.reason) == (.failed, "MetricsUnavailable"))
    }

    @Test("a status holds the objective's metric and at most 64 metrics in all")
    func cap() throws {
        var metrics: Metrics = ["validation/accuracy": 0.5]
        for index in 0..<100 { metrics["validation/recall/class-\(index)"] = 0.1 }
        let status = try finish(
            try Fixture.message(metrics: metrics, best: Fixture.checkpoint(1, 0.5)))
        #expect(status.metrics?.values.count ?? 0 <= 64)
        #expect(status.metrics?["validation/accuracy"] == 0.5)
    }
}

@Suite struct TrialFailureTests {
    private typealias Fixture = TrialFixture

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var exitCode: Int
        var podReason = "Error"
        var message: String?
        var reason: String
        var explanation: String

        var testDescription: String { name }
    }

    static func rows() throws -> [Row] {
        [
            Row(
                name: "the trainer's own words come first", exitCode: 65,
                message: try Fixture.message(.badData, text: "train.tfrecord: record 17 is damaged.", metrics: [:]),
                reason: "BadData",
                explanation: "train.tfrecord: record 17 is damaged. Exit code 65: bad input data."),
            Row(
                name: "else the end of the log and the code's meaning", exitCode: 78, message: "unknown task\n",
                reason: "BadConfiguration", explanation: "unknown task\n Exit code 78: wrong configuration."),
            Row(
                name: "a kill for memory is told from others", exitCode: 137, podReason: "OOMKilled",
                reason: "OutOfMemory",
                explanation: "Exit code 137: killed because it used more memory than its limit."),
            Row(
                name: "a crash", exitCode: 139, message: "Segmentation fault", reason: "TrainingFailed",
                explanation: "Segmentation fault Exit code 139: segmentation fault (SIGSEGV)."),
        ]
    }

    @Test(arguments: try rows()) func failure(row: Row) throws {
        let pod = Fixture.pod(exitCode: row.exitCode, row.message, reason: row.podReason)
        let (plan, status) = try Fixture.decide(Fixture.trial(status: Fixture.seen), job: Fixture.failed, pods: [pod])
        #expect((status.state, status.reason) == (.failed, row.reason))
        #expect(status.conditions.first("Failed")?.message == row.explanation)
        #expect(plan.events.map(\.reason) == [row.reason])
    }

    @Test("when the pod is gone the job's record of the attempt is told")
    func podGone() throws {
        var job = Fixture.failed
        job.status?.attempts = [
            TFJob.Attempt(
                pod: "landsat-00003-worker-0", uid: "a", replicaType: .worker, index: 0, cause: .failure, exitCode: 65,
                reason: "Error", message: "no such file")
        ]
        let (_, status) = try Fixture.decide(Fixture.trial(status: Fixture.seen), job: job)
        #expect(status.reason == "BadData")
        #expect(status.conditions.first("Failed")?.message == "no such file Exit code 65: bad input data.")
    }

    @Test("a job that ran out of restarts says so")
    func backoff() throws {
        let job = Fixture.job(.init(.failed, reason: "BackoffLimitExceeded", message: "It has reached the limit."))
        let pod = Fixture.pod(exitCode: 143, nil, reason: "Error")
        let (_, status) = try Fixture.decide(Fixture.trial(status: Fixture.seen), job: job, pods: [pod])
        #expect(
            status.conditions.first("Failed")?.message
                == "Exit code 143: asked to end (SIGTERM). It has reached the limit.")
    }
}
