import AerieAPI
import Decisions
import KubernetesAPI
import TestRandom

/// One job in a cluster in which everything happens that can, driven by a seed.
///
/// A server that keeps what it is told, nodes that run and lose pods, people and queues that change the job, and the
/// controller: the real decision on real stores, whose watches are late, whose requests are refused or lost, and which
/// dies anywhere. After some time people leave the job alone, and everything must come to its end.
struct TFJobSimulation {
    /// What may happen at all under a seed.
    struct Climate {
        enum People: CaseIterable {
            case none, suspending, scaling, queueing
        }

        var people: People
        var watchesLag: Bool
        var processesDie: Bool
        var answersAreLost: Bool
        var quotasRefuse: Bool
        var clocksStep: Bool
        var podsHaveTwins: Bool
        var namesAreTaken: Bool
    }

    let climate: Climate
    let configuration: TFJobDecision.Configuration
    var random: SeededGenerator
    var server: SimulatedServer
    var controller: SimulatedController
    var truth = SimulatedTruth()
    /// Of the server and the nodes.
    var now = TFJobWorld.start
    /// By how many seconds the controller's clock is ahead.
    var clockError: Int64 = 0
    /// When the controller looks again if nothing happens.
    var requeueAfter: Int64?
    /// Requests that took effect without the controller learning so.
    var lostAnswers = 0
    /// Whether processes, networks and quotas do no harm any more.
    var isCalm = false
    var told: [String: Int] = [:]
    var verdict: TFJob.JobCondition?
    private(set) var step = 0
    /// What did not hold, with the step.
    private(set) var broken: [(invariant: TFJobInvariant, words: String)] = []
    /// What happened, line by line; none where nobody wants to know.
    let trace: SimulationTrace?

    init(seed: UInt64, trace: SimulationTrace? = nil) {
        var random = SeededGenerator(seed: seed)
        let climate = Climate(&random)
        var job = TFJob.random(&random)
        if climate.people == .queueing { job.spec.runPolicy.suspend = true }
        let gangs: [GangScheduler?] = [nil, nil, .volcano, .schedulerPlugins(name: "together")]
        configuration = TFJobDecision.Configuration(
            gangScheduler: gangs.randomElement(using: &random) ?? nil)
        job.metadata.creationTimestamp = now
        server = SimulatedServer(job)
        controller = SimulatedController(server)
        self.climate = climate
        self.random = random
        self.trace = trace
        truth.isAmbiguous = climate.clocksStep || climate.podsHaveTwins
        truth.suspensions = job.isSuspended ? 1 : 0
    }

    var controllerNow: Time { now.advanced(bySeconds: clockError) }

    mutating func run() {
        for _ in 0..<20 where server.job != nil {
            step += 1
            happen()
            hear()
            if !isOneIn(8) { reconcile() }
            if isOneIn(10) { checkRest() }
            pass(seconds: Int64.random(in: 1...40, using: &random))
        }
        calmDown()
        for _ in 0..<40 where server.job != nil && !hasEnded {
            step += 1
            goOn()
            controller.catchUp(with: server)
            reconcile()
            pass(seconds: min(requeueAfter ?? 5, 400))
        }
        if server.job != nil { checkEnd() }
    }

    private var hasEnded: Bool { server.job?.status?.isFinished ?? false }

    private mutating func hear() {
        if climate.watchesLag {
            controller.hearSome(of: server, &random)
        } else {
            controller.catchUp(with: server)
        }
    }

    private mutating func pass(seconds: Int64) { now = now.advanced(bySeconds: seconds) }

    // MARK: - Telling

    mutating func expect(
        _ holds: Bool, _ invariant: TFJobInvariant, _ words: @autoclosure () -> String = ""
    ) {
        if !holds { breakDown(invariant, words()) }
    }

    private mutating func breakDown(_ invariant: TFJobInvariant, _ words: String) {
        guard broken.count < 3 else { return }
        broken.append((invariant, "step \(step): \(invariant.rawValue) \(words)"))
        note("!!! \(invariant.rawValue) \(words)")
    }

    func note(_ line: @autoclosure () -> String) {
        trace?.lines.append("\(step) \(now.seconds(since: TFJobWorld.start))s \(line())")
    }

    /// Takes over what a copy of this simulation found out.
    mutating func adopt(_ copy: Self) {
        broken = copy.broken
    }

    mutating func isOneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
}

/// Lines that a simulation and its copies write.
final class SimulationTrace {
    var lines: [String] = []
}

extension TFJobSimulation.Climate {
    fileprivate init(_ random: inout SeededGenerator) {
        func is1(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
        people = People.allCases.randomElement(using: &random) ?? .none
        watchesLag = !is1(in: 3)
        processesDie = is1(in: 2)
        answersAreLost = is1(in: 2)
        quotasRefuse = is1(in: 4)
        clocksStep = is1(in: 8)
        podsHaveTwins = is1(in: 8)
        namesAreTaken = is1(in: 8)
    }
}

extension TFJob {
    /// A job of any shape.
    fileprivate static func random(_ random: inout SeededGenerator) -> TFJob {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func is1(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
        let hasWorkers = !is1(in: 8)
        let chief = Int.random(in: 0..<5, using: &random)
        var job = TFJob.fixture(
            workers: hasWorkers ? Int.random(in: 1...4, using: &random) : nil, chief: chief < 2 ? 1 : nil,
            master: chief == 2 ? 1 : nil,
            ps: hasWorkers ? maybe(Int.random(in: 1...2, using: &random)) : 1,
            evaluator: maybe(1),
            restartPolicy: ReplicaSpec.RestartPolicy.allCases.randomElement(using: &random) ?? .never,
            backoffLimit: maybe(Int.random(in: 0...4, using: &random)),
            cleanPodPolicy: RunPolicy.CleanPodPolicy.allCases.randomElement(using: &random),
            ttl: is1(in: 4) ? Int.random(in: 0...300, using: &random) : nil,
            deadline: is1(in: 4) ? Int.random(in: 100...800, using: &random) : nil,
            successPolicy: maybe(.allWorkers),
            dynamic: is1(in: 4))
        if is1(in: 2) {
            // A policy for each type.
            for type in TFJob.ReplicaType.allCases {
                guard let policy = ReplicaSpec.RestartPolicy.allCases.randomElement(using: &random) else {
                    continue
                }
                job.spec.tfReplicaSpecs[type]?.restartPolicy = .known(policy)
            }
        }
        return job
    }
}
