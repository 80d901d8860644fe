import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// What is restarted, what is counted, and what the ledger keeps.
@Suite struct TFJobRestartTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var policy: TFJob.ReplicaSpec.RestartPolicy
        var workers: String
        var actions: [String] = []
        var restarts = 0
        var disruptions = 0
        var reason: String?
        var cause: TFJob.Attempt.Cause?
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "a retryable failure is replaced and counted", policy: .exitCode, workers: "RK",
            actions: ["delete pod mnist-worker-1"], restarts: 1, reason: "Error", cause: .failure),
        Row(
            name: "a pod killed for memory is replaced and counted", policy: .exitCode, workers: "RO",
            actions: ["delete pod mnist-worker-1"], restarts: 1, reason: "OOMKilled", cause: .failure),
        Row(
            name: "two failures at once are two restarts", policy: .onFailure, workers: "FF",
            actions: ["delete pod mnist-worker-0", "delete pod mnist-worker-1"], restarts: 2, cause: .failure),
        Row(
            name: "an evicted pod is replaced and not counted, even under Never", policy: .never, workers: "RE",
            actions: ["delete pod mnist-worker-1"], disruptions: 1, reason: "Evicted", cause: .disruption),
        Row(
            name: "a pod lost with its node is replaced and not counted", policy: .exitCode, workers: "RL",
            actions: ["delete pod mnist-worker-1"], disruptions: 1, reason: "NodeLost", cause: .disruption),
        Row(
            name: "a pod that someone deletes is a disruption and left to go", policy: .never, workers: "RT",
            disruptions: 1, reason: "Deleted", cause: .disruption),
        Row(
            name: "a pod that vanished is made again", policy: .never, workers: "R-",
            actions: ["create pod mnist-worker-1"]),
        Row(name: "running pods are left alone", policy: .onFailure, workers: "RR"),
        Row(name: "a pending pod is left alone", policy: .exitCode, workers: "RP"),
    ]

    @Test(arguments: rows) func restart(row: Row) throws {
        var world = try TFJobWorld(.fixture(workers: 2, restartPolicy: row.policy), workers: row.workers)
        let plan = try world.reconcile()
        #expect(plan.summary == row.actions)
        #expect(world.status.restarts == row.restarts)
        #expect(world.status.disruptions == row.disruptions)
        #expect(world.status.replicaStatuses[.worker]?.restarts == row.restarts)
        #expect(world.status.replicaStatuses[.worker]?.disruptions == row.disruptions)
        #expect(world.status.attempts.last?.cause == row.cause)
        if let reason = row.reason { #expect(world.status.attempts.last?.reason == reason) }
        #expect(world.status.completionTime == nil)
    }

    @Test(arguments: ["PreemptionByScheduler", "EvictionByEvictionAPI", "DeletionByTaintManager"])
    func `a pod marked as the target of a disruption is not counted`(reason: String) throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "K")
        world.pods[0].status?.conditions = [PodCondition(type: "DisruptionTarget", status: .yes, reason: reason)]
        try world.reconcile()
        #expect(world.status.restarts == 0)
        #expect(world.status.attempts.map(\.reason) == [reason])
        let message = world.status.condition(.restarting)?.message
        #expect(message == "job mnist is restarting because Worker replica(s) were disrupted.")
    }

    @Test func `a failed pod is made again only when it is gone`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "K")
        world.pods[0].metadata.finalizers = ["example.org/wait"]
        let pods = world.pods
        try world.reconcile()
        world.pods = pods
        world.pods[0].metadata.deletionTimestamp = world.now
        #expect(try world.reconcile().actions.isEmpty)
        #expect(world.status.restarts == 1)
        #expect(world.status.disruptions == 0)
        world.pods = []
        #expect(try world.reconcile().summary == ["create pod mnist-worker-0"])
        #expect(world.state == "Restarting")
        world.change("mnist-worker-0", to: "R")
        try world.reconcile()
        #expect(world.state == "Running")
        #expect(world.status.condition(.restarting) == nil)
    }

    @Test func `the ledger tells pod, node, code, meaning, times and last words`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "R")
        let start = world.pods[0].status?.startTime
        world.pass(seconds: 30)
        world.pods[0].end(exitCode: 139, message: "lines before\nSegmentation fault", at: world.now)
        try world.reconcile()
        #expect(
            world.status.attempts == [
                TFJob.Attempt(
                    pod: "mnist-worker-0", uid: "pod-1", replicaType: .worker, index: 0, cause: .failure, node: "n1",
                    container: "tensorflow",
                    exitCode: 139, meaning: "segmentation fault (SIGSEGV)", reason: "Error",
                    message: "lines before\nSegmentation fault", startTime: start, endTime: world.now, counted: 1)
            ])
    }

    @Test func `long last words are cut at the beginning, between characters`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "R")
        world.pods[0].end(exitCode: 200, message: String(repeating: "ä", count: 3_000) + "end", at: world.now)
        try world.reconcile()
        let message = try #require(world.status.attempts[0].message)
        #expect(message.utf8.count <= TFJob.Attempt.messageLimit)
        #expect(message.utf8.count > TFJob.Attempt.messageLimit - 8)
        #expect(message.hasSuffix("äend"))
    }

    @Test func `under ExitCode a pod without any exit code is worth another try`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "P")
        world.pods[0].status = Pod.Status(phase: .failed)
        try world.reconcile()
        #expect(world.status.restarts == 1)
    }

    @Test func `restarts inside a pod are counted once each and against the limit`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure, backoffLimit: 3), workers: "R")
        var most = 0
        for times in [1, 2, 1, 2, 3] {
            world.pods[0].restartContainer(exitCode: 1, times: times, at: world.now)
            try world.reconcile()
            most = max(most, times)
            #expect(world.status.restarts == most)
            #expect(world.state == "Running")
        }
        world.pods[0].restartContainer(exitCode: 1, times: 4, at: world.now)
        let plan = try world.reconcile()
        #expect(world.state == "Failed")
        #expect(
            world.status.condition(.failed)?.message
                == "Job mnist has failed because it has reached the specified backoff limit")
        #expect(plan.summary.contains("delete pod mnist-worker-0"))
    }

    @Test(arguments: 0...3)
    func `a back-off limit of n allows n restarts`(limit: Int) throws {
        var world = try TFJobWorld(
            .fixture(workers: 1, restartPolicy: .exitCode, backoffLimit: limit), workers: "R")
        var failures = 0
        while world.state != "Failed" && failures < 10 {
            world.change("mnist-worker-0", to: "K")
            failures += 1
            try world.reconcile()
            world.pass(seconds: 1_000)
            try world.reconcile()
        }
        #expect(failures == limit + 1)
        #expect(world.status.restarts == limit)
        #expect(world.status.reason == "BackoffLimitExceeded")
    }

    @Test func `disruptions never use up the back-off limit`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode, backoffLimit: 0), workers: "R")
        for _ in 0..<30 {
            world.change("mnist-worker-0", to: "E")
            try world.reconcile()
            world.pass(seconds: 1_000)
            try world.reconcile()
        }
        #expect(world.state == "Restarting")
        #expect(world.status.disruptions == 30)
        #expect(world.status.attempts.count == TFJob.Status.attemptLimit)
    }

    @Test func `what a living pod was counted for is not forgotten among many later attempts`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, chief: 1, restartPolicy: .onFailure), workers: "R", chief: "R")
        let chief = try #require(world.index(of: "mnist-chief-0"))
        world.pods[chief].restartContainer(exitCode: 1, times: 1, at: world.now)
        for _ in 0..<30 {
            world.change("mnist-worker-0", to: "F")
            try world.reconcile()
            world.pass(seconds: 1_000)
            try world.reconcile()
        }
        #expect(world.status.restarts == 31)
        #expect(world.status.replicaStatuses[.chief]?.restarts == 1)
        #expect(world.status.attempts.first?.pod == "mnist-chief-0")
        #expect(world.status.attempts.count == TFJob.Status.attemptLimit + 1)
    }

    @Test func `the first restart is immediate and the next ones wait longer and longer`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "R")
        var delays: [Duration?] = []
        for _ in 0..<8 {
            world.change("mnist-worker-0", to: "K")
            try world.reconcile()
            let plan = try world.reconcile()
            delays.append(plan.requeueAfter)
            if let wait = plan.requeueAfter {
                #expect(plan.actions.isEmpty)
                world.pass(seconds: wait.components.seconds)
                try world.reconcile()
            }
        }
        #expect(delays == [nil, 10, 20, 40, 80, 160, 300, 300].map { $0.map { .seconds($0) } })
    }

    @Test func `an attempt that ran long is followed at once`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "R")
        for _ in 0..<3 {
            world.pass(seconds: 3_600)
            world.change("mnist-worker-0", to: "K")
            try world.reconcile()
            #expect(try world.reconcile().summary == ["create pod mnist-worker-0"])
            world.change("mnist-worker-0", to: "R")
        }
    }
}
