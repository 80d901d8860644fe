import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// The ledger stays small, and still tells what matters.
@Suite struct TFJobLedgerTests {
    @Test func `of a hundred workers that fail together those that failed first are remembered`() throws {
        var world = try TFJobWorld(.fixture(workers: 100), workers: String(repeating: "R", count: 100))
        let start = world.now
        for index in 0..<100 {
            // The higher the index, the earlier.
            let end = start.advanced(bySeconds: Int64(100 - index))
            if let pod = world.index(of: "mnist-worker-\(index)") { world.pods[pod].end(exitCode: 1, at: end) }
        }
        world.pass(seconds: 200)
        try world.reconcile()
        #expect(world.state == "Failed")
        #expect(world.status.attempts.count == TFJob.Status.attemptLimit)
        #expect(Set(world.status.attempts.map(\.index)) == Set(80..<100))
        #expect(
            world.status.condition(.failed)?.message
                == "TFJob ml/mnist has failed because 100 Worker replica(s) failed.")
    }

    @Test func `the last words of the latest attempts fit into an object, however many pods there are`() throws {
        var world = try TFJobWorld(
            .fixture(workers: 150, restartPolicy: .onFailure), workers: String(repeating: "R", count: 150))
        for index in world.pods.indices {
            world.pods[index].end(exitCode: 1, message: String(repeating: "x", count: 4_000), at: world.now)
        }
        try world.reconcile()
        #expect(world.status.attempts.count == 150)
        #expect(world.status.attempts.count { $0.message != nil } == TFJob.Status.messageLimit)
        #expect(world.status.json.serialized.count < 200_000)
    }

    @Test func `a container that fails again and again is told of once, though its pod runs`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure), workers: "R")
        world.pods[0].restartContainer(exitCode: 1, times: 1, at: world.now)
        world.pods[0].status?.containerStatuses?[0].state = .init(
            waiting: .init(reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container"))
        let plan = try world.reconcile()
        #expect(plan.reasons.contains("CrashLoopBackOff"))
        #expect(world.status.reason == "CrashLoopBackOff")
        #expect(world.status.attempts.first?.exitCode == 1)
        world.pods[0].status?.containerStatuses?[0].state?.waiting?.message = "back-off 20s restarting failed container"
        #expect(try world.reconcile().events.isEmpty)
        world.pods[0].status?.containerStatuses?[0].state = nil
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test func `each restart inside a pod is told of in the node's word, as upstream does`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure), workers: "R")
        world.pods[0].restartContainer(exitCode: 1, times: 1, at: world.now)
        let plan = try world.reconcile()
        let event = try #require(plan.events.first { $0.reason == "Error" })
        #expect(event.type == .warning)
        #expect(
            event.message
                == "Error pod mnist-worker-0 container tensorflow exitCode: 1 terminated message: ")
        #expect(try world.reconcile().events.isEmpty)
    }

    @Test func `an attempt names the container that failed, and its last words end where the text does`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        world.pods[0].end(exitCode: 0, at: world.now)
        world.pods[0].status?.phase = .failed
        world.pods[0].status?.initContainerStatuses = [
            ContainerStatus(
                name: "fetch",
                state: .init(terminated: .init(exitCode: 9, reason: "Error", message: "no such bucket\n\n")))
        ]
        let plan = try world.reconcile()
        let attempt = try #require(world.status.attempts.first)
        #expect(attempt.container == "fetch")
        #expect(attempt.exitCode == 9)
        #expect(attempt.message == "no such bucket")
        #expect(plan.events.contains { $0.message == "Pod: ml.mnist-worker-0, container fetch, exited with code 9" })
    }

    @Test func `when the job ends no attempt stays without an end`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure, backoffLimit: 1), workers: "R")
        world.pods[0].restartContainer(exitCode: 1, times: 1, at: world.now)
        try world.reconcile()
        #expect(world.status.attempts.first?.endTime == nil, "the pod goes on")
        world.pods[0].restartContainer(exitCode: 1, times: 2, at: world.now)
        try world.reconcile()
        #expect(world.state == "Failed")
        #expect(world.status.attempts.first?.endTime == world.now)
    }

    @Test(arguments: [
        ("pod", "FailedDeletePod"), ("service", "FailedDeleteService"), ("job", "FailedDeleteJob"),
    ])
    func `what cannot be deleted is told in upstream's words`(what: String, reason: String) throws {
        var world = try TFJobWorld(
            .fixture(workers: 1, cleanPodPolicy: what == "pod" ? .all : .nothing, ttl: what == "job" ? 0 : nil),
            workers: "S")
        if what == "job" { world.services = [] }
        world.lastError = KubernetesError(.forbidden, "may not be deleted", code: 403)
        let plan = world.decide()
        let event = try #require(plan.events.first { $0.reason == reason })
        #expect(event.type == .warning)
        #expect(event.message == "Error deleting: may not be deleted")
        #expect(event.action == nil, "it is told although the next try fails too")
    }

    @Test func `what was ordered is told of only where it was done`() throws {
        var world = TFJobWorld(.fixture(workers: 2))
        let plan = try world.reconcile()
        for event in plan.events where event.reason.hasPrefix("Successful") {
            let index = try #require(event.action)
            guard case .create(let manifest) = plan.actions[index] else {
                Issue.record("\(event.message) tells of something else")
                continue
            }
            #expect(event.message.hasSuffix(manifest.reference.key.name))
        }
    }
}
