import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// TFJobs with numbers that nobody means, as they are stored where no webhook and no rule looked, and as a status can be
/// written by whoever may.
@Suite struct HostileTFJobTests {
    /// What ends the process when it is computed with carelessly.
    static let numbers: [Int] = [.min, .min + 1, -1, 0, 1, 1 << 31, 1 << 53, 9_000_000_000_000_000, .max - 1, .max]

    enum Field: String, CaseIterable, Sendable {
        case replicas, activeDeadlineSeconds, ttlSecondsAfterFinished, backoffLimit, minAvailable
        case scheduleTimeoutSeconds, restarts, disruptions, containerRestarts, counted, restartCount, exitCode
        case replicaIndex, startTime, now
    }

    enum State: String, CaseIterable, Sendable { case new, suspended, runs, fails, waits, ended }

    @Test(.timeLimit(.minutes(2)), arguments: Field.allCases, State.allCases)
    func `any number in any field is decided about`(field: Field, state: State) throws {
        for number in Self.numbers {
            var world = try world(state)
            try set(field, to: number, in: &world)
            for _ in 0..<3 {
                let plan = world.decide()
                #expect(plan.actions.count < 100)
                if let wait = plan.requeueAfter { #expect(wait >= .zero && wait <= .seconds(86_400)) }
                #expect(plan.status == nil || (try? plan.status?.decode(TFJob.Status.self)) != nil)
                try world.obey(plan)
            }
        }
    }

    private func world(_ state: State) throws -> TFJobWorld {
        let job = TFJob.fixture(workers: 2, restartPolicy: .onFailure, backoffLimit: 3, ttl: 100, deadline: 1_000)
        switch state {
        case .new: return TFJobWorld(job)
        case .suspended:
            var world = try TFJobWorld(job, workers: "RT")
            world.job.spec.runPolicy.suspend = true
            return world
        case .runs: return try TFJobWorld(job, workers: "RT")
        case .fails: return try TFJobWorld(job, workers: "FK")
        case .waits:
            var world = try TFJobWorld(job, workers: "R-")
            world.configuration.gangScheduler = .volcano
            return world
        case .ended: return try TFJobWorld(job, workers: "SS")
        }
    }

    private func set(_ field: Field, to number: Int, in world: inout TFJobWorld) throws {
        switch field {
        case .replicas: world.job.spec.tfReplicaSpecs[.worker]?.replicas = number
        case .activeDeadlineSeconds: world.job.spec.runPolicy.activeDeadlineSeconds = number
        case .ttlSecondsAfterFinished: world.job.spec.runPolicy.ttlSecondsAfterFinished = number
        case .backoffLimit: world.job.spec.runPolicy.backoffLimit = number
        case .minAvailable: world.job.spec.runPolicy.schedulingPolicy = .init(minAvailable: number)
        case .scheduleTimeoutSeconds: world.job.spec.runPolicy.schedulingPolicy = .init(scheduleTimeoutSeconds: number)
        case .restarts: world.job.status?.restarts = number
        case .disruptions:
            world.job.status?.disruptions = number
            world.job.status?.replicaStatuses[.worker]?.disruptions = number
        case .containerRestarts, .counted:
            world.job.status?.attempts = world.pods.map { pod in
                TFJob.Attempt(
                    pod: pod.metadata.name, uid: pod.metadata.uid, replicaType: .worker, index: 0, cause: .failure,
                    containerRestarts: field == .counted ? 0 : number, counted: number)
            }
        case .restartCount:
            for index in world.pods.indices {
                world.pods[index].status?.containerStatuses = [
                    ContainerStatus(name: "tensorflow", restartCount: number),
                    ContainerStatus(name: "other", restartCount: number),
                ]
            }
        case .exitCode:
            for index in world.pods.indices { world.pods[index].end(exitCode: number, at: world.now) }
        case .replicaIndex:
            for index in world.pods.indices {
                world.pods[index].metadata.labels[TFJob.Label.replicaIndex] = "\(number)"
            }
        case .startTime:
            let time = Self.time(number)
            world.job.metadata.creationTimestamp = time
            world.job.status?.startTime = time
            world.job.status?.completionTime = time
            for index in world.pods.indices {
                world.pods[index].status?.startTime = time
                world.pods[index].metadata.deletionTimestamp = world.pods[index].metadata.deletionTimestamp.map { _ in
                    time
                }
            }
        case .now:
            world.now = Self.time(number)
        }
    }

    /// Years of four digits are all that an object can tell.
    private static func time(_ number: Int) -> Time {
        Time(seconds: min(253_000_000_000, max(-62_000_000_000, Int64(number))))
    }

    @Test(.timeLimit(.minutes(1))) func `a suspended job of nine quadrillion workers stalls at once`() throws {
        var world = TFJobWorld(.fixture(workers: 9_000_000_000_000_000))
        world.job.spec.runPolicy.suspend = true
        let plan = try world.reconcile()
        #expect(plan.actions.isEmpty)
        #expect(world.status.condition(.stalled)?.reason == "InvalidSpec")
        #expect(world.status.condition(.stalled)?.message?.contains("is too large; use at most 10000") == true)
        #expect(world.status.ready == nil)
    }

    @Test func `a deadline beyond all times stalls the job in words`() throws {
        var world = TFJobWorld(.fixture(workers: 1, deadline: .max))
        #expect(try world.reconcile().actions.isEmpty)
        #expect(world.status.condition(.stalled)?.message?.contains("spec.runPolicy.activeDeadlineSeconds") == true)
    }

    @Test func `the largest deadline lets the job run and end`() throws {
        var world = try TFJobWorld(.fixture(workers: 1, deadline: Int(Int32.max)), workers: "R")
        let plan = try world.reconcile()
        #expect(world.state == "Running")
        #expect(plan.requeueAfter == .seconds(86_400))
        world.change("mnist-worker-0", to: "S")
        try world.reconcile()
        #expect(world.state == "Succeeded")
        world.job.spec.runPolicy.ttlSecondsAfterFinished = .max
        world.pass(seconds: 1_000_000)
        try world.reconcile()
        #expect(!world.isDeleted)
    }

    @Test func `a time to live below 0 deletes nothing`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "S")
        try world.reconcile()
        world.job.spec.runPolicy.ttlSecondsAfterFinished = .min
        try world.reconcile()
        #expect(!world.isDeleted)
    }

    @Test func `a job from the future by another's clock waits no longer than a new one`() {
        var world = TFJobWorld(.fixture(workers: 1))
        world.job.metadata.creationTimestamp = Time(seconds: .max)
        var observed = world.observed
        observed.hold = TFJobHold(.trainingOperatorRuns, "It runs.")
        #expect(TFJobDecision.decide(observed).requeueAfter == .seconds(10))
    }

    @Test(.timeLimit(.minutes(1))) func `a list of indexes that says the same again and again is none`() {
        let text = Array(repeating: "0-99999", count: 10_000).joined(separator: ",")
        #expect(CompletedIndexes(text) == nil)
        #expect(CompletedIndexes("0-99999")?.count == 100_000)
    }
}
