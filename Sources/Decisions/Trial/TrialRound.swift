import AerieAPI
import KubernetesAPI

/// One decision about a trial in the making: the status as it shall be, and what is to be done.
struct TrialRound {
    let trial: Trial
    let pods: [Pod]
    let profile: AcceleratorProfile?
    let lastError: KubernetesError?
    let now: Time
    var status: Trial.Status
    var actions: [Plan.Action] = []
    var events: [Plan.Event] = []
    var requeueAfter: Duration?

    init(_ observed: TrialDecision.Observed) {
        trial = observed.trial
        pods = observed.pods
        profile = observed.profile
        lastError = observed.lastError
        now = observed.now
        status = observed.trial.status ?? Trial.Status()
        status.observedGeneration = trial.metadata.generation
        if status.conditions.first("Created") == nil {
            set("Created", .yes, "TrialCreated", "The trial is created.")
        }
    }

    var plan: Plan {
        Plan(status: .status(status), actions: actions, events: events, requeueAfter: requeueAfter)
    }

    mutating func set(_ type: String, _ value: Condition.Status, _ reason: String, _ message: String) {
        status.conditions.set(
            type, value, reason: reason, message, generation: trial.metadata.generation, at: now)
    }

    /// Says what the trial waits for; a warning is told once.
    mutating func wait(_ reason: String, _ message: String, isTrouble: Bool = false) {
        if isTrouble, status.reason != reason {
            events.append(.init(.warning, reason: reason, message: message))
        }
        status.state = .pending
        status.reason = reason
        set("Running", .no, reason, message)
    }

    mutating func run(_ reason: String, _ message: String) {
        status.state = .running
        status.reason = reason
        set("Running", .yes, reason, message)
    }

    mutating func fail(_ reason: TrialReason, _ message: String) { fail(reason.rawValue, message) }

    mutating func fail(_ reason: String, _ message: String) {
        end(.failed, reason, message)
        events.append(.init(.warning, reason: reason, message: message.end(bytes: 1_000)))
    }

    mutating func succeed(_ reason: String, _ message: String) {
        end(.succeeded, reason, message)
        events.append(.init(.normal, reason: reason, message: message))
    }

    /// The trial has ended, for good.
    mutating func end(_ state: Trial.State, _ reason: String, _ message: String) {
        status.state = state
        status.reason = reason
        status.completionTime = now
        set("Running", .no, reason, message)
        set(state.rawValue, .yes, reason, message)
    }
}
