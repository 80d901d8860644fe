import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Why pods do not exist or do not start is in the status, and goes when it is over.
@Suite struct TFJobTroubleTests {
    @Test func `a wrong spec names every wrong field and makes nothing`() throws {
        var world = TFJobWorld(.fixture(workers: -1, chief: 2))
        let plan = try world.reconcile()
        #expect(plan.actions.isEmpty)
        #expect(plan.reasons == ["TFJobFailedValidation"])
        let condition = try #require(world.status.condition(.stalled))
        #expect(condition.reason == "InvalidSpec")
        #expect(condition.message?.contains("spec.tfReplicaSpecs.Worker.replicas") ?? false)
        #expect(condition.message?.contains("spec.tfReplicaSpecs.Chief.replicas") ?? false)
        #expect(world.state == "Created")
        #expect(world.status.reason == "InvalidSpec")
    }

    @Test func `a corrected spec goes on`() throws {
        var world = TFJobWorld(.fixture(workers: -1))
        try world.reconcile()
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 1
        #expect(try world.reconcile().summary.first == "create pod mnist-worker-0")
        #expect(world.status.condition(.stalled) == nil)
        #expect(world.status.reason == nil)
    }

    @Test func `a refused service is told apart from a refused pod`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        world.services = []
        world.lastError = KubernetesError(.forbidden, "exceeded quota: services", code: 403)
        try world.reconcile()
        #expect(world.status.condition(.stalled)?.reason == "FailedCreateService")
    }

    @Test(arguments: [KubernetesError.Reason.conflict, .unreachable, .tooManyRequests, .serverTimeout])
    func `what passes by itself is not shown`(reason: KubernetesError.Reason) throws {
        var world = TFJobWorld(.fixture(workers: 1))
        world.lastError = KubernetesError(reason, "later")
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test func `a pod that fits nowhere shows the scheduler's words`() throws {
        var world = try TFJobWorld(.fixture(workers: 2), workers: "RP")
        world.pods[1].status?.conditions = [
            PodCondition(
                type: "PodScheduled", status: .no, reason: "Unschedulable",
                message: "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
        ]
        try world.reconcile()
        let condition = try #require(world.status.condition(.stalled))
        #expect(condition.reason == "Unschedulable")
        #expect(
            condition.message == "Pod mnist-worker-1: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
        #expect(world.status.reason == "Unschedulable")
        #expect(world.state == "Running")
        world.change("mnist-worker-1", to: "R")
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test func `an image that cannot be pulled is one trouble, however the node calls it`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "P")
        func wait(_ reason: String, _ message: String) {
            world.pods[0].status?.containerStatuses = [
                ContainerStatus(name: "tensorflow", state: .init(waiting: .init(reason: reason, message: message)))
            ]
        }
        wait("ErrImagePull", "not found: registry.example/mnist:1")
        try world.reconcile()
        let first = world.status
        #expect(first.condition(.stalled)?.reason == "ErrImagePull")
        wait("ImagePullBackOff", "Back-off pulling image")
        #expect(try world.reconcile().events.isEmpty)
        #expect(world.status == first)
    }

    @Test func `a missing config map is explained`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "P")
        let waiting = ContainerStatus.State.Waiting(
            reason: "CreateContainerConfigError", message: "configmap \"data\" not found")
        world.pods[0].status?.containerStatuses = [ContainerStatus(name: "tensorflow", state: .init(waiting: waiting))]
        try world.reconcile()
        #expect(
            world.status.condition(.stalled)?.message
                == "Pod mnist-worker-0, container tensorflow: configmap \"data\" not found")
    }

    @Test func `a job name that is too long for its services is refused with the length that fits`() throws {
        var world = TFJobWorld(.fixture(workers: 11))
        world.job.metadata.name = String(repeating: "x", count: 60)
        try world.reconcile()
        #expect(world.pods.isEmpty)
        #expect(world.status.condition(.stalled)?.message?.contains("use at most 53") ?? false)
    }

    @Test func `a job whose deciding replicas are none says that it will not end`() throws {
        var world = TFJobWorld(.fixture(workers: 0, ps: 1))
        let plan = try world.reconcile()
        #expect(plan.reasons.contains("NoDecidingReplicas"))
        #expect(world.status.reason == "NoDecidingReplicas")
        #expect(
            world.status.condition(.stalled)?.message?.hasPrefix("spec.tfReplicaSpecs.Worker.replicas: is 0") ?? false)
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 1
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }
}
