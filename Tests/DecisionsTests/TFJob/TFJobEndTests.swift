import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// What is left of a job when it has ended, and when it goes itself.
@Suite struct TFJobEndTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var policy: TFJob.RunPolicy.CleanPodPolicy?
        var deleted: [String]
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "All deletes every pod", policy: .all, deleted: ["worker-0", "worker-1", "worker-2", "worker-3"]),
        Row(name: "Running deletes running and pending pods", policy: .running, deleted: ["worker-1", "worker-2"]),
        Row(name: "None keeps every pod", policy: .nothing, deleted: []),
        Row(name: "the default keeps every pod", policy: nil, deleted: []),
    ]

    @Test(arguments: rows) func cleanPodPolicy(row: Row) throws {
        var world = try TFJobWorld(.fixture(workers: 4, cleanPodPolicy: row.policy), workers: "SRPS")
        let plan = try world.reconcile()
        #expect(plan.summary.filter { $0.hasPrefix("delete pod") } == row.deleted.map { "delete pod mnist-\($0)" })
        #expect(plan.summary.filter { $0.hasPrefix("delete service") }.count == 4)
        #expect(world.services.isEmpty)
        world.letTerminatingPodsGo()
        let status = world.job.status
        #expect(try world.reconcile().actions.isEmpty)
        #expect(world.status.conditions == status?.conditions)
        #expect(world.status.completionTime == status?.completionTime)
    }

    @Test(arguments: [TFJob.RunPolicy.CleanPodPolicy.nothing, .running])
    func `a job stopped by a limit loses its running pods under every policy`(
        policy: TFJob.RunPolicy.CleanPodPolicy
    ) throws {
        var world = try TFJobWorld(
            .fixture(workers: 2, restartPolicy: .onFailure, cleanPodPolicy: policy, deadline: 600), workers: "RR")
        world.pass(seconds: 600)
        let plan = try world.reconcile()
        #expect(plan.summary.prefix(2) == ["delete pod mnist-worker-0", "delete pod mnist-worker-1"])
        #expect(
            world.status.condition(.failed)?.message
                == "Job mnist has failed because it was active longer than specified deadline")
        #expect(world.status.reason == "DeadlineExceeded")
    }

    @Test func `pods are still counted active until they are gone`() throws {
        var world = try TFJobWorld(.fixture(workers: 2, cleanPodPolicy: .all), workers: "SR")
        try world.reconcile()
        #expect(world.pods.count == 1)
        try world.reconcile()
        #expect(world.status.replicaStatuses[.worker]?.active == 1)
        world.letTerminatingPodsGo()
        try world.reconcile()
        #expect(world.status.replicaStatuses[.worker]?.active == 0)
        #expect(world.status.replicaStatuses[.worker]?.succeeded == 1)
    }

    @Test func `the job is deleted when its time after the end is over`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, ttl: 100), workers: "S")
        let plan = try world.reconcile()
        #expect(plan.requeueAfter == .seconds(100))
        world.pass(seconds: 40)
        #expect(world.decide().requeueAfter == .seconds(60))
        world.pass(seconds: 60)
        let last = try world.reconcile()
        #expect(last.actions == [.delete(world.job.reference, uid: "job-1")])
        #expect(last.reasons == ["SuccessfulDeleteJob"])
        #expect(world.isDeleted)
    }

    @Test func `a time of nothing deletes the job at once`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, ttl: 0), workers: "F")
        try world.reconcile()
        #expect(world.isDeleted)
    }

    @Test func `a finished job of another installation gets the completion time that it lacks`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, ttl: 500), workers: "R")
        let end = world.now
        world.pass(seconds: 100)
        world.job.status = TFJob.Status(conditions: [
            TFJob.JobCondition(.created, reason: "TFJobCreated", message: "", at: end),
            TFJob.JobCondition(.failed, reason: "TFJobFailed", message: "", at: end),
        ])
        let plan = try world.reconcile()
        #expect(world.status.completionTime == end)
        #expect(plan.requeueAfter == .seconds(400))
    }
}
