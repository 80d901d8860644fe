import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// What start-up containers and native sidecars say about a pod's end, and what they do not.
@Suite struct TFJobStartUpTests {
    typealias Terminated = ContainerStatus.State.Terminated

    private func ended(_ name: String, _ code: Int, reason: String = "Error", restarts: Int = 0) -> ContainerStatus {
        ContainerStatus(
            name: name, restartCount: restarts, state: .init(terminated: Terminated(exitCode: code, reason: reason)))
    }

    private func world(
        _ policy: TFJob.ReplicaSpec.RestartPolicy, phase: Pod.Phase = .failed, sidecars: [String] = [],
        initial: [ContainerStatus], containers: [ContainerStatus]
    ) throws -> TFJobWorld {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: policy), workers: "R")
        world.pods[0].spec?.initContainers = initial.map {
            .init(name: $0.name, restartPolicy: sidecars.contains($0.name) ? "Always" : nil)
        }
        world.pods[0].status = Pod.Status(
            phase: phase, initContainerStatuses: initial, containerStatuses: containers)
        return world
    }

    static let neverBegan = [
        ContainerStatus(name: "tensorflow", state: .init(waiting: .init(reason: "PodInitializing"))),
        // What newer nodes say of a container that never began.
        ContainerStatus(
            name: "tensorflow",
            state: .init(terminated: Terminated(exitCode: 137, reason: "ContainerStatusUnknown"))),
    ]

    @Test(arguments: [1, 3, 127, 137], neverBegan)
    func `under ExitCode a failed start-up container is tried again, whatever its code`(
        code: Int, main: ContainerStatus
    ) throws {
        var world = try world(.exitCode, initial: [ended("fetch", code)], containers: [main])
        let plan = try world.reconcile()
        #expect(plan.summary == ["delete pod mnist-worker-0"])
        #expect(world.state == "Restarting")
        #expect(world.status.restarts == 1)
        #expect(world.status.attempts.first?.container == "fetch")
        #expect(world.status.attempts.first?.exitCode == code)
    }

    @Test func `under Never it fails the job`() throws {
        var world = try world(.never, initial: [ended("fetch", 3)], containers: [Self.neverBegan[0]])
        try world.reconcile()
        #expect(world.state == "Failed")
    }

    @Test(arguments: [(1, "Failed"), (137, "Restarting")])
    func `a native sidecar that the node ended decides nothing`(code: Int, state: String) throws {
        var world = try world(
            .exitCode, sidecars: ["proxy"], initial: [ended("fetch", 0), ended("proxy", code == 1 ? 143 : 1)],
            containers: [ended("tensorflow", code)])
        try world.reconcile()
        #expect(world.state == state)
        #expect(world.status.attempts.first?.container == "tensorflow")
        #expect(world.status.attempts.first?.exitCode == code)
    }

    @Test func `another container that failed decides before a native sidecar`() throws {
        var world = try world(
            .exitCode, sidecars: ["proxy"], initial: [ended("proxy", 137)],
            containers: [ended("tensorflow", 0, reason: "Completed"), ended("helper", 2)])
        try world.reconcile()
        #expect(world.state == "Failed")
        #expect(world.status.attempts.first?.container == "helper")
    }

    @Test func `a pod succeeds though the node had to kill its native sidecar`() throws {
        var world = try world(
            .exitCode, phase: .succeeded, sidecars: ["proxy"], initial: [ended("proxy", 137)],
            containers: [ended("tensorflow", 0, reason: "Completed")])
        try world.reconcile()
        #expect(world.state == "Succeeded")
        #expect(world.status.attempts.isEmpty)
    }

    @Test func `restarts of native sidecars and start-up containers do not count`() throws {
        var world = try world(
            .onFailure, phase: .running, sidecars: ["proxy"],
            initial: [ended("fetch", 0, restarts: 4), ended("proxy", 1, restarts: 7)],
            containers: [ContainerStatus(name: "tensorflow", restartCount: 0, state: .init(running: .init()))])
        try world.reconcile()
        #expect(world.status.restarts == 0)
        #expect(world.status.attempts.isEmpty)
    }

    @Test func `a start-up container that fails again and again is told`() throws {
        let waiting = ContainerStatus(
            name: "proxy", restartCount: 5, state: .init(waiting: .init(reason: "CrashLoopBackOff")),
            lastState: .init(terminated: Terminated(exitCode: 3)))
        var world = try world(
            .never, phase: .pending, sidecars: ["proxy"], initial: [waiting], containers: [Self.neverBegan[0]])
        try world.reconcile()
        #expect(world.status.condition(.stalled)?.reason == "CrashLoopBackOff")
        #expect(
            world.status.condition(.stalled)?.message
                == "Pod mnist-worker-0 cannot start: container proxy fails again and again, and is started anew after "
                + "growing pauses; its last exit code is 3.")
    }
}
