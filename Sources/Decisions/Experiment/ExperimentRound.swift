import AerieAPI
import KubernetesAPI
import Suggestion

/// One decision about an experiment in the making: the status as it shall be, and what is to be done.
struct ExperimentRound {
    let experiment: TrainingExperiment
    let promotions: [ModelPromotion]
    let lastError: KubernetesError?
    let now: Time
    var roll: TrialRoll
    /// How many trials there may be: the budget, or fewer in a small search space; no more than have names.
    let limit: Int
    /// The highest number after this round.
    var created: Int
    var status: TrainingExperiment.Status
    var actions: [Plan.Action] = []
    var events: [Plan.Event] = []

    init(_ observed: ExperimentDecision.Observed) {
        experiment = observed.experiment
        promotions = observed.promotions
        lastError = observed.lastError
        now = observed.now
        let spec = observed.experiment.spec
        let budget = min(max(0, spec.maxTrials), ChildName.maximumTrialNumber)
        limit = min(budget, spec.algorithm.sampler(for: SearchSpace(spec.parameters)).capacity ?? budget)
        roll = TrialRoll(of: observed.experiment, among: observed.trials, limit: limit)
        created = roll.created
        status = observed.experiment.status ?? TrainingExperiment.Status()
        status.observedGeneration = observed.experiment.metadata.generation
        if status.conditions.first("Created") == nil {
            set("Created", .yes, .experimentCreated, "The experiment is created.")
        }
    }

    var spec: TrainingExperiment.Spec { experiment.spec }

    var plan: Plan { Plan(status: .status(status), actions: actions, events: events) }

    var sampler: any Sampler { spec.algorithm.sampler(for: SearchSpace(spec.parameters)) }

    /// Whether the experiment ended in an earlier round; a wrong spec is not the end, it may be corrected.
    var hasEnded: Bool { status.isTerminal && status.reason != ExperimentReason.invalidSpec.rawValue }

    mutating func set(_ type: String, _ value: Condition.Status, _ reason: ExperimentReason, _ message: String) {
        set(type, value, reason.rawValue, message)
    }

    mutating func set(_ type: String, _ value: Condition.Status, _ reason: String, _ message: String) {
        status.conditions.set(
            type, value, reason: reason, message, generation: experiment.metadata.generation, at: now)
    }

    mutating func tell(_ type: Plan.EventType, _ reason: ExperimentReason, _ message: String) {
        events.append(.init(type, reason: reason.rawValue, message: message.end(bytes: 1_000)))
    }

    /// Puts the numbers on record; called when all else is decided.
    mutating func count() {
        var counts = roll.counts(hasEnded: hasEnded)
        counts.pending.addWithSaturation(created.subtractingWithSaturation(roll.created))
        counts.created = created
        status.trials = counts
        status.completed = "\(counts.ended)/\(max(limit, created))"
        if created > 0 { status.startTime = status.startTime ?? now }
    }
}
