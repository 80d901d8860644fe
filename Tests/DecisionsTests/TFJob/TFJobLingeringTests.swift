import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Pods that stay though their work is over, or though they were asked to go, are told.
@Suite struct TFJobLingeringTests {
    private func stalled(_ world: TFJobWorld) -> TFJob.JobCondition? { world.status.condition(.stalled) }

    // MARK: Sidecars

    /// The program has ended in the first worker, while these containers run on.
    private func world(
        besides others: [String], exitCode: Int = 0, policy: TFJob.ReplicaSpec.RestartPolicy = .never
    ) throws -> TFJobWorld {
        var world = try TFJobWorld(.fixture(workers: 2, restartPolicy: policy), workers: "RR")
        let end = ContainerStatus.State.Terminated(exitCode: exitCode, finishedAt: world.now)
        world.pods[0].status?.containerStatuses =
            [ContainerStatus(name: "tensorflow", state: .init(terminated: end))]
            + others.map { ContainerStatus(name: $0, state: .init(running: .init(startedAt: world.now))) }
        return world
    }

    @Test(arguments: [0, 1, 143]) func `a sidecar that outlives tensorflow is told with both names`(
        exitCode: Int
    ) throws {
        var world = try world(besides: ["istio-proxy", "logger"], exitCode: exitCode)
        let first = try world.reconcile()
        #expect(stalled(world) == nil)
        #expect(first.requeueAfter == .seconds(30))
        world.pass(seconds: 30)
        let plan = try world.reconcile()
        let message = try #require(stalled(world)?.message)
        #expect(stalled(world)?.reason == "SidecarRuns")
        #expect(
            message.hasPrefix(
                "Pod mnist-worker-0: container tensorflow has ended with exit code \(exitCode), and these still run: "
                    + "istio-proxy, logger."))
        #expect(message.contains("init container with restartPolicy Always"))
        #expect(plan.reasons == ["SidecarRuns"])
        #expect(try world.reconcile().events.isEmpty)

        world.change("mnist-worker-0", to: exitCode == 0 ? "S" : "R")
        try world.reconcile()
        #expect(stalled(world) == nil)
    }

    @Test(arguments: [(TFJob.ReplicaSpec.RestartPolicy.always, 0), (.always, 1), (.onFailure, 1)])
    func `a program that the node starts anew has not ended`(policy: TFJob.ReplicaSpec.RestartPolicy, code: Int) throws
    {
        var world = try world(besides: ["logger"], exitCode: code, policy: policy)
        world.pass(seconds: 3_600)
        try world.reconcile()
        #expect(stalled(world) == nil)
    }

    @Test func `a program that ended last is no trouble`() throws {
        var world = try world(besides: [])
        world.pass(seconds: 3_600)
        try world.reconcile()
        #expect(stalled(world) == nil)
    }

    @Test func `a native sidecar is the node's to end`() throws {
        var world = try world(besides: [])
        world.pods[0].spec?.initContainers = [.init(name: "proxy", restartPolicy: "Always")]
        world.pods[0].status?.initContainerStatuses = [
            ContainerStatus(name: "proxy", state: .init(running: .init(startedAt: world.now)))
        ]
        world.pass(seconds: 3_600)
        try world.reconcile()
        #expect(stalled(world) == nil)
    }

    // MARK: Nodes

    @Test func `a pod on a node that is gone is told with the node's name`() throws {
        var world = try TFJobWorld(.fixture(workers: 2), workers: "RT")
        let first = try world.reconcile()
        #expect(stalled(world) == nil)
        #expect(first.requeueAfter == .seconds(60))
        world.pass(seconds: 60)
        let plan = try world.reconcile()
        let message = try #require(stalled(world)?.message)
        #expect(stalled(world)?.reason == "WaitingForNode")
        #expect(
            message.hasPrefix(
                "Pod mnist-worker-1 was asked to end and waits until node n1 confirms that it has; until then nothing "
                    + "takes its place."))
        #expect(message.contains("kubectl delete node n1"))
        #expect(message.contains("kubectl delete pod mnist-worker-1 -n ml --force --grace-period=0"))
        #expect(plan.events.isEmpty && plan.actions.isEmpty)
        #expect(try world.reconcile().events.isEmpty)

        world.letTerminatingPodsGo()
        #expect(try world.reconcile().summary == ["create pod mnist-worker-1"])
        #expect(stalled(world) == nil)
    }

    @Test func `a pod that the control plane took from its node is told as soon as it should be gone`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "T")
        world.pods[0].status?.conditions = [
            PodCondition(type: "DisruptionTarget", status: .yes, reason: "DeletionByTaintManager")
        ]
        try world.reconcile()
        #expect(stalled(world)?.reason == "WaitingForNode")
    }

    @Test func `a suspended job says what its queue waits for`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        world.job.spec.runPolicy.suspend = true
        try world.reconcile()
        #expect(world.state == "Suspended")
        world.pass(seconds: 61)
        try world.reconcile()
        #expect(stalled(world)?.message?.contains("waits until node n1 confirms") == true)
        #expect(world.state == "Suspended")
        #expect(world.status.reason == "Suspended")
        world.letTerminatingPodsGo()
        try world.reconcile()
        #expect(stalled(world) == nil)
    }

    @Test func `a pod that is kept by a finalizer after its end waits for no node`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "K")
        world.pods[0].metadata.deletionTimestamp = world.now
        world.pass(seconds: 3_600)
        try world.reconcile()
        #expect(stalled(world) == nil)
    }
}
