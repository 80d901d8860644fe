import AerieAPI
import Decisions
import KubernetesAPI
import TestRandom

/// A cluster in which everything goes wrong that can, driven by a seed.
///
/// The controller sees pods and services as they were up to three steps ago, its plans may be cut off anywhere, and
/// its counts live in the status alone. Nodes, users and schedulers do what they like with the pods until `calm`.
struct TFJobSimulation {
    private(set) var world: TFJobWorld
    private(set) var violations: [String] = []
    private var random: SeededGenerator
    private var past: [(pods: [Pod], services: [Service], podGroup: VolcanoPodGroup?)] = []
    private var seenAt = 0
    private var isCalm = false
    private var isQuiet = false
    /// How often a program failed, in pods that ended and in pods that were restarted in place.
    private var failures = 0
    private var verdict: TFJob.JobCondition?

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        world = TFJobWorld(Self.job(&random))
        let gangs: [GangScheduler?] = [nil, nil, .volcano, .schedulerPlugins(name: "together")]
        world.configuration.gangScheduler = gangs.randomElement(using: &random) ?? nil
        past = [([], [], nil)]
    }

    private static func job(_ random: inout SeededGenerator) -> TFJob {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        let hasWorkers = Int.random(in: 0..<8, using: &random) > 0
        return .fixture(
            workers: hasWorkers ? Int.random(in: 1...4, using: &random) : nil, chief: maybe(1),
            ps: hasWorkers ? maybe(Int.random(in: 1...2, using: &random)) : 1, evaluator: maybe(1),
            restartPolicy: TFJob.ReplicaSpec.RestartPolicy.allCases.randomElement(using: &random) ?? .never,
            backoffLimit: maybe(Int.random(in: 0...4, using: &random)),
            cleanPodPolicy: TFJob.RunPolicy.CleanPodPolicy.allCases.randomElement(using: &random),
            ttl: Int.random(in: 0..<4, using: &random) == 0 ? 500 : nil,
            deadline: Int.random(in: 0..<4, using: &random) == 0 ? 2_000 : nil, successPolicy: maybe(.allWorkers),
            dynamic: Int.random(in: 0..<4, using: &random) == 0)
    }

    mutating func run() throws {
        for _ in 0..<14 where !world.isDeleted {
            happen()
            try reconcile()
        }
        isCalm = true
        world.job.spec.runPolicy.suspend = false
        for _ in 0..<120 where !world.isDeleted && !isQuiet {
            calmDown()
            try reconcile()
        }
        try checkEnd()
    }

    // MARK: - The controller

    private mutating func reconcile() throws {
        past.append((world.pods, world.services, world.podGroup))
        let oldest = max(seenAt, past.count - 1 - (isCalm ? 0 : Int.random(in: 0...3, using: &random)))
        seenAt = oldest
        var observed = world.observed
        observed.pods = past[oldest].pods.shuffled(using: &random)
        observed.services = past[oldest].services.shuffled(using: &random)
        observed.podGroup = past[oldest].podGroup
        var plan = TFJobDecision.decide(observed)
        checkTurn(plan, past[oldest].podGroup)
        // The controller may die after any step; the status comes first.
        if !isCalm, Int.random(in: 0..<5, using: &random) == 0 {
            plan.actions = Array(plan.actions.prefix(Int.random(in: 0...plan.actions.count, using: &random)))
        }
        let before = world.job.status
        try world.obey(plan)
        let isAtRest = world.status.isFinished && plan.actions.isEmpty && world.job.status == before
        isQuiet = isCalm && isAtRest && world.job.spec.runPolicy.ttlSecondsAfterFinished == nil
        check()
        world.pass(seconds: min(plan.requeueAfter?.components.seconds ?? 30, 60))
    }

    // MARK: - The world

    private mutating func happen() {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            guard let index = world.pods.indices.randomElement(using: &random) else { break }
            happen(toPodAt: index)
        }
        switch Int.random(in: 0..<24, using: &random) {
        case 0: world.job.spec.runPolicy.suspend = !(world.job.spec.runPolicy.suspend ?? false)
        case 1:
            let count = Int.random(in: 1...4, using: &random)
            if world.job.spec.tfReplicaSpecs[.worker] != nil {
                world.job.spec.tfReplicaSpecs[.worker]?.replicas = count
            }
        case 2: duplicate()
        case 4, 5, 6: world.podGroup?.status = PodGroupStatus(phase: "Pending")
        case 7, 8, 9, 10: world.podGroup?.status = PodGroupStatus(phase: "Inqueue")
        case 3: if let index = world.services.indices.randomElement(using: &random) { world.services.remove(at: index) }
        default: break
        }
    }

    private mutating func happen(toPodAt index: Int) {
        let pod = world.pods[index]
        guard pod.isUnfinishedForTest else {
            if Int.random(in: 0..<3, using: &random) == 0 { world.pods.remove(at: index) }
            return
        }
        if pod.metadata.deletionTimestamp != nil {
            if Bool.random(using: &random) {
                world.pods.remove(at: index)
            } else {
                world.pods[index].end(exitCode: 143, at: world.now)
            }
            return
        }
        if pod.phase == .pending {
            if Int.random(in: 0..<4, using: &random) > 0 { world.pods[index].become("R", at: world.now) }
            return
        }
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1:
            failures += 1
            world.pods[index].become(Bool.random(using: &random) ? "F" : "K", at: world.now)
        case 2: world.pods[index].become("E", at: world.now)
        case 3: world.pods[index].become("L", at: world.now)
        case 4: world.pods[index].become("S", at: world.now)
        case 5: world.delete(at: index)
        case 6: world.pods.remove(at: index)
        case 7: restartInPlace(index)
        default: break
        }
    }

    /// Only nodes with a restarting policy do this.
    private mutating func restartInPlace(_ index: Int) {
        guard
            let type = world.pods[index].metadata.labels[TFJob.Label.replicaType].flatMap(
                TFJob.ReplicaType.init(anyCase:)),
            let policy = world.job.spec.tfReplicaSpecs[type]?.restartPolicy?.value,
            policy == .always || policy == .onFailure
        else { return }
        let times = (world.pods[index].status?.containerStatuses?.first?.restartCount ?? 0) + 1
        failures += 1
        world.pods[index].restartContainer(exitCode: 1, times: times, at: world.now)
    }

    /// Somebody adopts a second pod for one index.
    private mutating func duplicate() {
        guard var twin = world.pods.randomElement(using: &random), twin.metadata.deletionTimestamp == nil else {
            return
        }
        twin.become("P", at: world.now)
        twin.metadata.name += "-twin"
        twin.metadata.uid += "-twin-\(past.count)"
        guard !world.pods.contains(where: { $0.metadata.name == twin.metadata.name }) else { return }
        world.pods.append(twin)
    }

    private mutating func calmDown() {
        world.letTerminatingPodsGo()
        world.podGroup?.status = PodGroupStatus(phase: "Running")
        for index in world.pods.indices where world.pods[index].isUnfinishedForTest {
            let isPending = world.pods[index].phase == .pending
            world.pods[index].become(isPending ? "R" : world.status.isFinished ? "R" : "S", at: world.now)
        }
    }

    // MARK: - What must always hold

    private mutating func expect(_ holds: Bool, _ sentence: String) {
        if !holds, violations.count < 5 { violations.append("step \(past.count): \(sentence)") }
    }

    /// Volcano's pods come when their group may enter its queue, and with the group.
    private mutating func checkTurn(_ plan: Plan, _ podGroup: VolcanoPodGroup?) {
        guard world.configuration.gangScheduler == .volcano else { return }
        let isTurn = ["Inqueue", "Running"].contains(podGroup?.status?.phase ?? "")
        expect(isTurn || !plan.reasons.contains("SuccessfulCreatePod"), "a pod is made out of turn")
    }

    private mutating func check() {
        let status = world.status
        let made = world.pods.filter { !$0.metadata.name.hasSuffix("-twin") }
        expect(Set(made.map(\.metadata.name)).count == made.count, "two pods have one name")
        let counts = world.job.spec.tfReplicaSpecs.mapValues { $0.replicas ?? 1 }
        let wanted = counts.values.reduce(0, +)
        let alive = made.count { pod in
            guard pod.metadata.deletionTimestamp == nil, let type = pod.replicaType else { return false }
            return pod.replicaIndex < counts[type] ?? 0
        }
        expect(alive <= wanted, "\(alive) pods for \(wanted) replicas")
        expect(!(status.isTrue(.succeeded) && status.isTrue(.failed)), "both Succeeded and Failed")
        expect(status.isFinished == (status.completionTime != nil), "completionTime does not say whether it ended")
        expect(Set(status.conditions.map(\.type)).count == status.conditions.count, "a condition is there twice")
        expect(status.restarts <= failures, "\(status.restarts) restarts for \(failures) failures")
        expect(!(status.isTrue(.running) && status.isTrue(.restarting)), "both Running and Restarting")
        let unneeded = status.attempts.count { attempt in
            !world.pods.contains { $0.metadata.uid == attempt.uid }
        }
        expect(unneeded <= TFJob.Status.attemptLimit + 8, "the ledger grows: \(unneeded)")
        if let limit = world.job.spec.runPolicy.backoffLimit {
            let inside = status.attempts.reduce(0) { $0 + $1.containerRestarts }
            expect(
                status.restarts <= limit || status.isTrue(.failed) && inside > 0,
                "\(status.restarts) restarts with a limit of \(limit)")
        }
        let terminal = status.condition(.succeeded) ?? status.condition(.failed)
        if let verdict { expect(terminal == verdict, "the verdict changed") }
        verdict = terminal
        if let terminal { expect(status.conditions.last == terminal, "the last condition is not the verdict") }
    }

    /// After calm the job has ended, only what the policy keeps is left, and nothing more is asked for.
    private mutating func checkEnd() throws {
        if world.isDeleted {
            expect(world.job.spec.runPolicy.ttlSecondsAfterFinished != nil, "deleted without a TTL")
            return
        }
        expect(world.status.isFinished, "the job never ended: \(world.status.conditions.map(\.type.text))")
        expect(world.services.isEmpty, "\(world.services.count) services are left")
        expect(world.podGroup == nil, "the PodGroup is left")
        let left = world.pods.filter { $0.metadata.deletionTimestamp == nil }
        switch world.job.cleanPodPolicy {
        case .all: expect(left.isEmpty, "\(left.count) pods are left under All")
        case .running: expect(!left.contains(where: \.isUnfinishedForTest), "running pods are left under Running")
        case .nothing: break
        }
        let plan = world.decide()
        expect(plan.actions.isEmpty && plan.events.isEmpty, "still wanted: \(plan.summary)")
        expect(plan.status == world.job.status?.json, "the status would be written again")
    }
}

extension Pod {
    fileprivate var replicaType: TFJob.ReplicaType? {
        metadata.labels[TFJob.Label.replicaType].flatMap(TFJob.ReplicaType.init(anyCase:))
    }

    fileprivate var replicaIndex: Int { metadata.labels[TFJob.Label.replicaIndex].flatMap { Int($0) } ?? 0 }

    fileprivate var isUnfinishedForTest: Bool { phase != .succeeded && phase != .failed }
}
