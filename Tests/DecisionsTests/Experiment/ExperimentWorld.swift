import AerieAPI
import Decisions
import KubernetesAPI
import TestRandom

/// A small cluster that obeys plans, and in which everything may go wrong that may go wrong.
///
/// The controller looks through a store: its own writes are there at once, those of others arrive later and in order.
/// It may be killed after any step of a plan and starts anew with a fresh store, and with the same decision.
struct ExperimentWorld {
    var random: SeededGenerator
    /// What the API server has.
    var experiment: TrainingExperiment
    var trials: [String: Trial] = [:]
    var promotions: [String: ModelPromotion] = [:]
    /// What the controller sees of it.
    private var seen: [String: Trial] = [:]
    private var news: [(name: String, trial: Trial?)] = []
    private(set) var now = ExperimentFixture.now

    /// What was ever given to a number, and what was ever wrong.
    private(set) var assignments: [Int: [String: JSONValue]] = [:]
    private var deleted: Set<String> = []
    /// The values of all checkpoints of trials that have succeeded.
    private(set) var values: [Double] = []
    private(set) var violations: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed &* 0x9e37_79b9)
        let maxTrials = Int.random(in: 1...12, using: &random)
        let isGrid = Bool.random(using: &random)
        experiment = ExperimentFixture.experiment(
            parameters: [
                Parameter(name: "width", .int(.init(min: 8, max: Int.random(in: 8...64, using: &random), step: 8))),
                Parameter(name: "activation", .categorical(.init(values: ["relu", "swish"]))),
            ],
            algorithm: Algorithm(name: isGrid ? .grid : .random, seed: Int(seed)),
            goal: Bool.random(using: &random) ? .maximize : .minimize,
            target: Int.random(in: 0..<4, using: &random) == 0 ? 0.5 : nil, maxTrials: maxTrials,
            parallelTrials: Int.random(in: 1...maxTrials, using: &random),
            maxFailedTrials: Int.random(in: 0...3, using: &random),
            policy: [nil, .onCompletion, .onImprovement].randomElement(using: &random) ?? nil)
    }

    var active: Int { trials.values.count { $0.status?.state.isTerminal != true } }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    // MARK: The controller

    func decide() -> Plan {
        ExperimentDecision.decide(
            .init(
                experiment: experiment, trials: Array(seen.values), promotions: Array(promotions.values), now: now))
    }

    /// One reconcile, which may be cut off after any step.
    mutating func reconcile() throws {
        let plan = decide()
        if chance(10) { return restart() }
        if let status = plan.status {
            let next: TrainingExperiment.Status = try status.decode()
            check(next, after: experiment.status)
            experiment.status = next
        }
        for action in plan.actions {
            if chance(10) { return restart() }
            try carryOut(action)
        }
    }

    mutating func restart() {
        seen = trials
        news = []
    }

    private mutating func carryOut(_ action: Plan.Action) throws {
        switch action {
        case .create(let manifest) where manifest.reference.resource == ModelPromotion.resource:
            promotions[manifest.reference.key.name] = try manifest.body.decode()
        case .create(let manifest):
            try create(manifest.body.decode())
        case .patch(let reference, _, _):
            trials[reference.key.name]?.spec.stop = true
            seen[reference.key.name]?.spec.stop = true
        case .apply, .delete:
            violations.append("unexpected \(action)")
        }
    }

    private mutating func create(_ trial: Trial) throws {
        let name = trial.metadata.name
        if let earlier = assignments[trial.spec.number], earlier != trial.spec.parameters {
            violations.append("trial \(trial.spec.number) changed its assignment")
        }
        assignments[trial.spec.number] = trial.spec.parameters
        if deleted.contains(name) { violations.append("\(name) was created again") }
        if trials[name] == nil { trials[name] = trial }
        // The answer of the server goes into the store, also when the object was there already.
        seen[name] = trials[name]
        if active > experiment.spec.parallelTrials { violations.append("\(active) trials are active at once") }
        if trial.spec.number > experiment.spec.maxTrials { violations.append("\(name) is beyond the budget") }
    }

    private mutating func check(_ next: TrainingExperiment.Status, after last: TrainingExperiment.Status?) {
        guard let last else { return }
        if last.isTerminal, next.state != last.state || next.reason != last.reason {
            violations.append("\(last.reason ?? "") became \(next.reason ?? "")")
        }
        if let before = last.best,
            next.best == nil || next.best.map({ before.wins(over: $0, by: experiment.spec.objective.goal) }) ?? false
        {
            violations.append("the best became worse")
        }
        if next.trials.created < last.trials.created { violations.append("the counter went back") }
    }

    // MARK: Everybody else

    /// Some trials go on, one may be deleted, and the store hears of a part of it.
    mutating func happen() {
        now = now.advanced(bySeconds: 1)
        if chance(3) { restart() }
        for name in trials.keys.sorted() where chance(40) {
            if chance(3), trials[name].map({ $0.spec.number <= experiment.status?.trials.confirmed ?? 0 }) ?? false {
                trials[name] = nil
                deleted.insert(name)
                news.append((name, nil))
            } else {
                proceed(name)
            }
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) where !news.isEmpty {
            let (name, trial) = news.removeFirst()
            seen[name] = trial
        }
    }

    private mutating func proceed(_ name: String) {
        guard var trial = trials[name], trial.status?.state.isTerminal != true else { return }
        let number = trial.spec.number
        if trial.spec.stop, chance(80) {
            trial.status = .init(state: .stopped)
        } else if trial.status?.state != .running {
            trial.status = .init(state: .running)
        } else if chance(30) {
            trial.status = .init(state: .failed, reason: "TrainingFailed")
        } else {
            let kept = (0..<Int.random(in: 0...3, using: &random)).map { index in
                let value =
                    Int.random(in: 0..<5, using: &random) == 0 ? Double.nan : Double.random(in: 0...1, using: &random)
                return ExperimentFixture.checkpoint(index * 10, (value * 20).rounded() / 20, of: number)
            }
            trial.status = .init(state: .succeeded, checkpoints: kept)
            values += kept.map(\.value.value).filter(\.isFinite)
        }
        trials[name] = trial
        news.append((name, trial))
    }

    /// The store has heard of everything.
    mutating func catchUp() { restart() }
}
