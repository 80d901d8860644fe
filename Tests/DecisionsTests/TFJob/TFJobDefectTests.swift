import AerieAPI
import Decisions
import KubernetesAPI
import TestRandom
import Testing

/// The defects that users of the training operator 1.9 live with, each named after what they see.
@Suite struct TFJobDefectTests {
    @Test func `1: activeDeadlineSeconds fires by itself`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, deadline: 300), workers: "R")
        #expect(world.decide().requeueAfter == .seconds(180))
        world.pass(seconds: 180)
        try world.reconcile()
        #expect(world.state == "Failed")
    }

    @Test func `2: backoffLimit also counts pods that were made again`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure, backoffLimit: 1), workers: "F")
        try world.reconcile()
        try world.reconcile()
        #expect(world.state == "Restarting")
        world.change("mnist-worker-0", to: "F")
        try world.reconcile()
        #expect(world.state == "Failed")
    }

    @Test(arguments: TFJob.ReplicaSpec.RestartPolicy.allCases)
    func `3: draining a node does not fail the job`(policy: TFJob.ReplicaSpec.RestartPolicy) throws {
        var world = try TFJobWorld(.fixture(workers: 2, restartPolicy: policy, backoffLimit: 0), workers: "RT")
        try world.reconcile()
        #expect(world.status.condition(.failed) == nil)
        world.change("mnist-worker-1", to: "F")
        try world.reconcile()
        world.letTerminatingPodsGo()
        #expect(try world.reconcile().summary == ["create pod mnist-worker-1"])
        #expect(world.status.replicaStatuses[.worker]?.failed == 0)
        #expect(world.status.disruptions == 1)
        #expect(world.status.restarts == 0)
    }

    @Test func `4: reconciling before the own pods are seen makes no second ones`() throws {
        var world = TFJobWorld(.fixture(workers: 2))
        let plan = try world.reconcile()
        let seen = world.pods
        world.pods = []
        let again = world.decide()
        #expect(again.actions.filter { !plan.actions.contains($0) }.isEmpty)
        world.pods = seen
        try world.obey(again)
        #expect(world.pods == seen)
    }

    @Test func `5: services go when the job has ended, under every policy`() throws {
        var world = try TFJobWorld(.fixture(workers: 2, ps: 1), workers: "SR", ps: "R")
        try world.reconcile()
        #expect(world.services.isEmpty)
        #expect(world.pods.count == 3)
    }

    @Test func `6: a job is Succeeded or Failed, never both`() throws {
        var world = try TFJobWorld(.fixture(workers: 2, chief: 1), workers: "FF", chief: "S")
        try world.reconcile()
        try world.reconcile()
        #expect(world.status.isTrue(.succeeded))
        #expect(world.status.condition(.failed) == nil)

        // A job that upstream left with both keeps the one that was read first.
        world.job.status?.conditions.insert(
            TFJob.JobCondition(.failed, reason: "TFJobFailed", message: "", at: world.now), at: 0)
        try world.reconcile()
        #expect(world.status.isTrue(.failed))
        #expect(world.status.condition(.succeeded) == nil)
    }

    @Test func `7: a permanent failure has a completion time, so that its TTL works`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode, ttl: 60), workers: "F")
        #expect(try world.reconcile().requeueAfter == .seconds(60))
        #expect(world.status.completionTime == world.now)
    }

    @Test func `8: a failure is counted and told once, however often it is seen`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, restartPolicy: .exitCode), workers: "K")
        let pods = world.pods
        let first = try world.reconcile()
        #expect(first.reasons.contains("TFJobRestarting"))
        for _ in 0..<3 {
            world.pods = pods
            let plan = try world.reconcile()
            #expect(plan.summary == ["delete pod mnist-worker-0"])
            #expect(plan.reasons == ["SuccessfulDeletePod"])
        }
        #expect(world.status.restarts == 1)
    }

    @Test func `9: nothing is told again while a job is suspended or finished`() throws {
        var suspended = try TFJobWorld(.fixture(workers: 1), workers: "R")
        suspended.job.spec.runPolicy.suspend = true
        var finished = try TFJobWorld(.fixture(workers: 1), workers: "S")
        for world in [suspended, finished] { #expect(!world.decide().events.isEmpty) }
        try suspended.reconcile()
        try finished.reconcile()
        for _ in 0..<3 {
            #expect(try suspended.reconcile().events.isEmpty)
            #expect(try finished.reconcile().events.isEmpty)
            suspended.letTerminatingPodsGo()
        }
    }

    @Test func `10: a suspended job is active until its pods are really gone`() throws {
        var world = try TFJobWorld(.fixture(workers: 2), workers: "RP")
        world.job.spec.runPolicy.suspend = true
        try world.reconcile()
        #expect(world.status.replicaStatuses[.worker]?.active == 2)
        try world.reconcile()
        #expect(world.status.replicaStatuses[.worker]?.active == 1)
        world.letTerminatingPodsGo()
        try world.reconcile()
        #expect(world.status.replicaStatuses[.worker]?.active == 0)
    }

    @Test func `11: a deleted pod that had succeeded is not started again`() throws {
        var world = try TFJobWorld(.fixture(workers: 2), workers: "RS")
        try world.reconcile()
        world.pods.removeAll { $0.metadata.name == "mnist-worker-1" }
        #expect(try world.reconcile().actions.isEmpty)
        #expect(world.status.replicaStatuses[.worker]?.succeeded == 1)

        world.change("mnist-worker-0", to: "S")
        try world.reconcile()
        world.pods = []
        #expect(try world.reconcile().actions.isEmpty)
        #expect(world.state == "Succeeded")
    }

    @Test func `12: a refused pod shows the refusal in the status`() throws {
        var world = TFJobWorld(.fixture(workers: 1))
        world.lastError = KubernetesError(
            .forbidden, "pods \"mnist-worker-0\" is forbidden: exceeded quota: gpus", code: 403)
        let plan = try world.reconcile()
        let condition = try #require(world.status.condition(.stalled))
        #expect(condition.reason == "FailedCreatePod")
        #expect(condition.message?.contains("exceeded quota: gpus") ?? false)
        #expect(plan.reasons.contains("FailedCreatePod"))
        world.pods = []
        #expect(!(try world.reconcile().reasons.contains("FailedCreatePod")))
        world.lastError = nil
        world.pods = []
        try world.reconcile()
        #expect(world.status.condition(.stalled) != nil)
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test func `13: a job of parameter servers and evaluators completes`() throws {
        var world = try TFJobWorld(.fixture(ps: 2, evaluator: 1), ps: "SS", evaluator: "S")
        try world.reconcile()
        #expect(world.state == "Succeeded")
    }

    @Test func `14: Created is there even if the first status was lost`() throws {
        var world = TFJobWorld(.fixture(workers: 1))
        try world.reconcile()
        world.job.status = nil
        world.change("mnist-worker-0", to: "R")
        try world.reconcile()
        #expect(world.status.conditions.first?.type == .known(.created))
        #expect(world.status.condition(.created)?.message == "TFJob mnist is created.")
    }

    @Test func `15: the same world gives the same plan in whatever order it is read`() throws {
        var world = try TFJobWorld(
            .fixture(workers: 4, ps: 2, restartPolicy: .exitCode), workers: "KRK-", ps: "RK")
        let plan = world.decide()
        for seed in 0..<20 {
            var random = SeededGenerator(seed: UInt64(seed))
            world.pods.shuffle(using: &random)
            world.services.shuffle(using: &random)
            #expect(world.decide() == plan)
        }
    }

    @Test func `16: a plan touches nothing but pods, services and the job itself`() throws {
        var world = TFJobWorld(.fixture(workers: 2, chief: 1, restartPolicy: .exitCode, ttl: 0))
        var touched: Set<String> = []
        for letter in "RKRS" {
            for action in try world.reconcile().actions {
                switch action {
                case .create(let manifest): touched.insert(manifest.reference.resource.kind)
                case .delete(let reference, _, _): touched.insert(reference.resource.kind)
                case .apply, .patch: Issue.record("a TFJob needs neither apply nor patch")
                }
            }
            for index in world.pods.indices { world.pods[index].become(letter, at: world.now) }
        }
        for action in try world.reconcile().actions {
            if case .delete(let reference, _, _) = action { touched.insert(reference.resource.kind) }
        }
        #expect(touched == ["Pod", "Service", "TFJob"])
    }

    @Test func `17: lastReconcileTime and selectors are set, without endless writes`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        try world.reconcile()
        let time = world.status.lastReconcileTime
        #expect(time != nil)
        world.pass(seconds: 100)
        try world.reconcile()
        #expect(world.status.lastReconcileTime == time)
        #expect(world.status.replicaStatuses[.worker]?.selector != nil)
    }

    @Test func `18: AllReplicasReady waits for the last replica, Running does not`() throws {
        var world = try TFJobWorld(.fixture(workers: 2, ps: 1), workers: "RP", ps: "R")
        try world.reconcile()
        #expect(world.status.isTrue(.running))
        #expect(!world.status.isTrue(.allReplicasReady))
        #expect(world.status.ready == "2/3")
        world.change("mnist-worker-1", to: "R")
        try world.reconcile()
        #expect(world.status.isTrue(.allReplicasReady))
        #expect(world.status.ready == "3/3")
        #expect(world.state == "Running")
    }
}
