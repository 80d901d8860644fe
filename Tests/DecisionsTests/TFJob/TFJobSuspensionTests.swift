import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Suspend and resume, as queueing systems use them.
@Suite struct TFJobSuspensionTests {
    private func suspended(_ letters: String) throws -> TFJobWorld {
        var world = try TFJobWorld(.fixture(workers: letters.count, deadline: 1_000), workers: letters)
        world.job.spec.runPolicy.suspend = true
        return world
    }

    @Test func `a job created suspended makes nothing and says so`() throws {
        var world = TFJobWorld(.fixture(workers: 2))
        world.job.spec.runPolicy.suspend = true
        let plan = try world.reconcile()
        #expect(plan.actions.isEmpty)
        #expect(world.state == "Suspended")
        #expect(world.status.startTime == nil)
        #expect(world.status.condition(.suspended)?.message == "TFJob mnist is suspended.")
    }

    @Test func `suspending deletes all pods and services`() throws {
        var world = try suspended("RP")
        let plan = try world.reconcile()
        #expect(
            plan.summary == [
                "delete pod mnist-worker-0", "delete pod mnist-worker-1", "delete service mnist-worker-0",
                "delete service mnist-worker-1",
            ])
        #expect(plan.reasons.contains("TFJobSuspended"))
        #expect(world.status.condition(.running)?.status == .no)
        #expect(world.status.condition(.running)?.reason == "TFJobSuspended")
    }

    @Test func `resuming starts the clock anew and waits for the old pods to go`() throws {
        var world = try suspended("RR")
        try world.reconcile()
        world.pass(seconds: 5_000)
        world.job.spec.runPolicy.suspend = false
        let plan = try world.reconcile()
        #expect(plan.summary == ["create service mnist-worker-0", "create service mnist-worker-1"])
        #expect(plan.reasons.contains("TFJobResumed"))
        #expect(world.status.startTime == world.now)
        #expect(world.status.attempts.isEmpty)
        #expect(world.status.condition(.suspended)?.message == "TFJob mnist is resumed.")
        world.letTerminatingPodsGo()
        #expect(try world.reconcile().summary == ["create pod mnist-worker-0", "create pod mnist-worker-1"])
    }

    @Test func `the State column does not say Suspended after resuming`() throws {
        var world = try suspended("R")
        try world.reconcile()
        world.letTerminatingPodsGo()
        world.job.spec.runPolicy.suspend = false
        try world.reconcile()
        #expect(world.state == "Created")
        try world.reconcile()
        world.change("mnist-worker-0", to: "R")
        try world.reconcile()
        #expect(world.state == "Running")
    }

    @Test func `replicas that had succeeded start again with their peers`() throws {
        var world = try suspended("RS")
        world.job.spec.runPolicy.suspend = false
        world.job.spec.successPolicy = .known(.allWorkers)
        try world.reconcile()
        #expect(world.status.replicaStatuses[.worker]?.completedIndexes.contains(1) ?? false)
        world.job.spec.runPolicy.suspend = true
        try world.reconcile()
        world.letTerminatingPodsGo()
        world.job.spec.runPolicy.suspend = false
        #expect(try world.reconcile().summary.filter { $0.hasPrefix("create pod") }.count == 2)
    }

    @Test func `a finished job is not suspended any more`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "S")
        try world.reconcile()
        world.job.spec.runPolicy.suspend = true
        try world.reconcile()
        #expect(world.state == "Succeeded")
        #expect(world.status.condition(.suspended) == nil)
    }

    @Test func `the deadline does not run while a job is suspended`() throws {
        var world = try suspended("R")
        try world.reconcile()
        world.pass(seconds: 100_000)
        let plan = try world.reconcile()
        #expect(world.state == "Suspended")
        #expect(plan.requeueAfter == nil)
    }

    @Test func `a wrong spec is explained while suspended, and pods go nevertheless`() throws {
        var world = try suspended("R")
        world.job.spec.tfReplicaSpecs[.worker]?.template = ["spec": ["containers": [["name": "main", "image": "i"]]]]
        #expect(try world.reconcile().summary.first == "delete pod mnist-worker-0")
        #expect(world.status.condition(.stalled)?.reason == "InvalidSpec")
        #expect(world.state == "Suspended")
        #expect(try world.reconcile().events.isEmpty)
    }
}
