import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// What the simulation found, each told once more as one case.
@Suite struct TFJobSimulationFindingsTests {
    /// A chief was preempted, said 0 when it was told to stop, and was still there when the job was resumed.
    @Test func `a pod of the time before a suspension does not let the resumed job succeed`() throws {
        var world = try TFJobWorld(.fixture(chief: 1), chief: "R")
        world.job.spec.runPolicy.suspend = true
        try world.reconcile()
        let index = try #require(world.index(of: "mnist-chief-0"))
        let deletion = world.pods[index].metadata.deletionTimestamp
        world.pods[index].become("S", at: world.now)
        world.pods[index].metadata.deletionTimestamp = deletion
        world.pass(seconds: 5)
        world.job.spec.runPolicy.suspend = false
        try world.reconcile()
        #expect(!world.status.isFinished)
        world.letTerminatingPodsGo()
        #expect(try world.reconcile().summary == ["create pod mnist-chief-0"])
    }

    @Test func `restarts inside a pod count though it has succeeded before they were seen`() throws {
        var world = try TFJobWorld(.fixture(workers: 2, restartPolicy: .onFailure), workers: "RR")
        let index = try #require(world.index(of: "mnist-worker-1"))
        world.pods[index].restartContainer(exitCode: 1, times: 2, at: world.now)
        let containers = world.pods[index].status?.containerStatuses
        world.pods[index].become("S", at: world.now)
        world.pods[index].status?.containerStatuses?[0].restartCount = containers?[0].restartCount
        try world.reconcile()
        #expect(world.status.restarts == 2)
        #expect(world.status.replicaStatuses[.worker]?.completedIndexes == CompletedIndexes([1]))
    }

    @Test func `a job does not end before it began, though the clock was put back`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "S")
        world.now = TFJobWorld.start.advanced(bySeconds: -3_600)
        try world.reconcile()
        #expect(world.status.isTrue(.succeeded))
        #expect(world.status.completionTime == world.status.startTime)
    }

    /// The controller watches by labels, so a stranger without them is met by its name only.
    @Test func `a name that a stranger without labels has is told`() throws {
        var world = TFJobWorld(.fixture(workers: 1))
        world.lastError = KubernetesError(
            .alreadyExists,
            "Pod ml/mnist-worker-0 exists and does not belong to this object; delete or rename it",
            code: 409)
        try world.reconcile()
        let stalled = try #require(world.status.condition(.stalled))
        #expect(stalled.reason == "FailedCreatePod")
        #expect(stalled.message?.contains("does not belong to this object") == true)
    }

    @Test func `a pod that was refused is no reason to say that another could not be deleted`() throws {
        var world = try TFJobWorld(.fixture(workers: 2, restartPolicy: .exitCode), workers: "RK")
        world.lastError = KubernetesError(
            .forbidden, #"pods "mnist-worker-0" is forbidden: exceeded quota: small"#, code: 403)
        let plan = try world.reconcile()
        #expect(plan.summary == ["delete pod mnist-worker-1"])
        #expect(!plan.reasons.contains("FailedDeletePod"))
    }

    @Test
    func `the end of a PodGroup is told when it is deleted, not when something before it fails`()
        throws
    {
        var world = TFJobWorld(.fixture(workers: 1))
        world.configuration.gangScheduler = .volcano
        try world.reconcile()
        world.job.spec.runPolicy.suspend = true
        let plan = try world.reconcile()
        let event = try #require(plan.events.first { $0.reason == "JobTerminated" })
        #expect(event.action == plan.summary.firstIndex(of: "delete podgroup mnist"))
    }

    @Test func `a pod that is evicted after a restart inside it exits with no code of before`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure), workers: "R")
        let index = try #require(world.index(of: "mnist-worker-0"))
        world.pods[index].restartContainer(exitCode: 137, times: 1, at: world.now)
        try world.reconcile()
        world.pods[index].become("E", at: world.now)
        let plan = try world.reconcile()
        #expect(!plan.reasons.contains("ExitedWithCode"))
    }

    @Test func `services of a job made smaller go though its group waits for its turn`() throws {
        var world = TFJobWorld(.fixture(workers: 2))
        world.configuration.gangScheduler = .volcano
        try world.reconcile()
        world.podGroup?.status = PodGroupStatus(phase: "Inqueue")
        try world.reconcile()
        world.podGroup?.status = PodGroupStatus(phase: "Pending")
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 1
        #expect(try world.reconcile().summary.contains("delete service mnist-worker-1"))
    }
}
