import AerieAPI
import KubernetesAPI

/// One decision about a promotion in the making: the status as it shall be, and what is to be done.
struct PromotionRound {
    let promotion: ModelPromotion
    let job: Job?
    let pods: [Pod]
    let deployment: Deployment?
    let service: Service?
    let lastError: KubernetesError?
    let siblings: Set<String>
    let now: Time
    var status: ModelPromotion.Status
    var actions: [Plan.Action] = []
    var events: [Plan.Event] = []
    var requeueAfter: Duration?

    init(_ observed: PromotionDecision.Observed) {
        promotion = observed.promotion
        job = observed.job
        pods = observed.pods
        deployment = observed.deployment
        service = observed.service
        lastError = observed.lastError
        siblings = observed.siblings
        now = observed.now
        status = observed.promotion.status ?? ModelPromotion.Status()
        status.observedGeneration = observed.promotion.metadata.generation
        status.startTime = status.startTime ?? observed.now
        status.displayValue = SignificantDigits.text(observed.promotion.spec.value)
        if status.conditions.first("Created") == nil {
            set("Created", .yes, .promotionCreated, "The promotion is created.")
        }
    }

    var spec: ModelPromotion.Spec { promotion.spec }

    var plan: Plan {
        Plan(
            status: .status(status), actions: actions, events: events, requeueAfter: requeueAfter,
            predecessors: siblings)
    }

    /// Whether the promotion failed in an earlier round; a wrong spec is not the end, it may be corrected.
    var hasFailed: Bool { status.state == .failed && status.reason != PromotionReason.invalidSpec.rawValue }

    /// On everything that the promotion creates.
    var labels: [String: String] {
        [
            Label.experiment: spec.source.experiment, Label.promotion: promotion.metadata.name,
            Label.managedBy: Label.manager,
        ]
    }

    mutating func set(_ type: String, _ value: Condition.Status, _ reason: PromotionReason, _ message: String) {
        status.conditions.set(
            type, value, reason: reason.rawValue, message, generation: promotion.metadata.generation, at: now)
    }

    /// The promotion is on its way.
    mutating func become(_ state: ModelPromotion.State, _ reason: PromotionReason, _ message: String) {
        let isNews = status.reason != reason.rawValue
        status.state = state
        status.reason = reason.rawValue
        set("Ready", state == .ready ? .yes : .no, reason, message)
        if isNews, state == .ready { events.append(.init(.normal, reason: reason.rawValue, message: message)) }
    }

    /// The same, with something that a person should look at.
    mutating func stall(_ state: ModelPromotion.State, _ reason: PromotionReason, _ message: String) {
        if status.reason != reason.rawValue {
            events.append(.init(.warning, reason: reason.rawValue, message: message.end(bytes: 1_000)))
        }
        become(state, reason, message)
    }

    mutating func fail(_ reason: PromotionReason, _ message: String) {
        status.completionTime = status.completionTime ?? now
        stall(.failed, reason, message)
        set("Failed", .yes, reason, message)
    }

    mutating func isSpecValid() -> Bool {
        let errors = promotion.validate()
        guard errors.isEmpty else {
            fail(.invalidSpec, errors.map(\.description).joined(separator: "; "))
            return false
        }
        if status.conditions.isTrue("Failed") {
            status.completionTime = nil
            set("Failed", .no, .promotionCreated, "The spec was corrected.")
        }
        return true
    }

    /// Judged once: a checkpoint does not change.
    mutating func passesGates() -> Bool {
        if status.conditions.isTrue("GatesPassed") { return true }
        let metrics = spec.gateMetrics
        let refusals = spec.gates.compactMap { $0.refusal(for: metrics) }
        guard refusals.isEmpty else {
            let message = refusals.joined(separator: "; ") + "."
            set("GatesPassed", .no, .gatesNotPassed, message)
            fail(.gatesNotPassed, message)
            return false
        }
        set(
            "GatesPassed", .yes, .gatesPassed,
            spec.gates.isEmpty ? "There are no gates." : "All \(spec.gates.count) gates are passed.")
        return true
    }
}
