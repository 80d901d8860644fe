import AerieAPI
import KubernetesAPI

/// One pass over a job: what was observed, and what has been decided so far.
///
/// Every question that a decision asks is an extension of this type in its own file.
struct TFJobRound {
    let job: TFJob
    let replicas: [TFJob.Replica]
    let census: TFJobCensus
    let now: Time
    let podGroup: (any PodGroup)?
    let priorities: [String: Int]
    let lastError: KubernetesError?
    let configuration: TFJobDecision.Configuration

    var status: TFJob.Status
    var actions: [Plan.Action] = []
    var events: [Plan.Event] = []
    /// Moments at which to look again even if nothing changes.
    var wakeUps: [Time] = []

    /// What is to become of pods that have ended or are about to, in the order of replicas.
    var treatments: [(slot: TFJobCensus.Slot, treatment: PodTreatment)] = []

    init(_ observed: TFJobDecision.Observed) {
        job = observed.job
        replicas = observed.job.replicas
        census = TFJobCensus(job: observed.job, pods: observed.pods, services: observed.services)
        now = observed.now
        podGroup = observed.podGroup
        priorities = observed.priorities
        lastError = observed.lastError
        configuration = observed.configuration
        status = observed.job.status ?? TFJob.Status()
    }

    /// What has been decided, as a value.
    var plan: Plan {
        var new = status
        new.bringStateToEnd()
        if job.metadata.generation > 0 { new.observedGeneration = job.metadata.generation }
        let old = job.status ?? TFJob.Status()
        new.lastReconcileTime = old.lastReconcileTime
        if new != old { new.lastReconcileTime = now }
        return Plan(
            status: new.json, order: planOrder, actions: actions, events: events,
            requeueAfter: wakeUps.min().map { .seconds(max(1, $0.seconds(since: now))) })
    }

    /// Who waits for a job that has ended wants its verdict; the rest is tidied up when nobody waits.
    private var planOrder: Plan.Order {
        if status.isFinished { return .tidying }
        return isFirst ? .statusLast : .statusFirst
    }

    /// Whether nothing was done for the job before, so that its status has nothing to record but that it was seen.
    ///
    /// Its pods need not wait for that to be written.
    private var isFirst: Bool { job.status == nil && census.pods.isEmpty && census.ownServices.isEmpty }

    /// Tells something about the job.
    mutating func tell(_ type: Plan.EventType, _ reason: String, _ message: String) {
        events.append(Plan.Event(type, reason: reason, message: message))
    }

    /// Orders something, and tells of it once it is done.
    mutating func order(_ action: Plan.Action, _ reason: String, _ message: String) {
        events.append(Plan.Event(.normal, reason: reason, message: message, action: actions.count))
        actions.append(action)
    }
}
