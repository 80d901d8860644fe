import AerieAPI
import ControllerRuntime
import KubernetesAPI
import PrometheusMetrics

/// Counts what becomes of TFJobs: upstream's counters, and how long people waited.
///
/// A change is counted when the status that tells of it is stored, so that neither a conflict nor a lost answer counts it
/// twice.
struct TFJobMetrics: WriteObserver {
    private static let framework = "tensorflow"
    /// Seconds, from one second to a day.
    private static let waitBuckets: [Double] = [
        1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400,
    ]

    private let created: Counter
    private let deleted: Counter
    private let successful: Counter
    private let failed: Counter
    private let restarted: Counter
    private let disruptions: Counter
    private let firstPod: Histogram
    private let running: Histogram
    private let firstPodCreated: @Sendable (ObjectKey) -> Time?
    private let now: @Sendable () -> Time

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - registry: Where they are shown.
    ///   - firstPodCreated: When the first of a job's pods was created.
    ///   - now: The wall clock.
    init(
        in registry: MetricsRegistry, firstPodCreated: @escaping @Sendable (ObjectKey) -> Time?,
        now: @escaping @Sendable () -> Time
    ) {
        func counter(_ what: String, _ help: String) -> Counter {
            registry.counter(
                "training_operator_jobs_\(what)_total", help: help, labels: ["job_namespace", "framework"])
        }
        created = counter("created", "Jobs that were taken up.")
        deleted = counter("deleted", "Jobs that were deleted after their time to live.")
        successful = counter("successful", "Jobs that succeeded.")
        failed = counter("failed", "Jobs that failed, for whatever reason.")
        restarted = counter("restarted", "Restarts of pods of jobs, after failures and disruptions.")
        disruptions = registry.counter(
            "aerie_tfjob_disruptions_total", help: "Pods of jobs lost without fault of the program.",
            labels: ["namespace"])
        firstPod = registry.histogram(
            "aerie_tfjob_first_pod_seconds", help: "Seconds from a job's creation to that of its first pod.",
            labels: ["namespace"], buckets: Self.waitBuckets)
        running = registry.histogram(
            "aerie_tfjob_running_seconds", help: "Seconds from a job's creation until it first ran.",
            labels: ["namespace"], buckets: Self.waitBuckets)
        self.firstPodCreated = firstPodCreated
        self.now = now
    }

    func wroteStatus(of metadata: ObjectMeta, from old: JSONValue, to new: JSONValue) {
        guard let old = try? old.decode(TFJob.Status.self), let new = try? new.decode(TFJob.Status.self) else { return }
        let namespace = metadata.namespace
        func isNew(_ type: TFJob.JobCondition.ConditionType) -> Bool { new.isTrue(type) && !old.isTrue(type) }
        if new.condition(.created) != nil, old.condition(.created) == nil { increment(created, namespace) }
        if isNew(.succeeded) { increment(successful, namespace) }
        if isNew(.failed) { increment(failed, namespace) }
        let lost = max(0, new.disruptions.subtractingWithSaturation(old.disruptions))
        if lost > 0 { disruptions.increment(namespace, by: Double(lost)) }
        let restarts = lost.addingWithSaturation(max(0, new.restarts.subtractingWithSaturation(old.restarts)))
        if restarts > 0 { increment(restarted, namespace, by: restarts) }
        let isFirst = old.condition(.running) == nil && old.restarts == 0 && old.disruptions == 0
        if isNew(.running), isFirst { measure(metadata) }
    }

    func deleted(_ reference: Reference) {
        if reference.resource == TFJob.resource { increment(deleted, reference.key.namespace) }
    }

    private func increment(_ counter: Counter, _ namespace: String, by amount: Int = 1) {
        counter.increment(namespace, Self.framework, by: Double(amount))
    }

    /// The job runs for the first time.
    private func measure(_ metadata: ObjectMeta) {
        guard let start = metadata.creationTimestamp else { return }
        // The server's clock may be ahead of ours.
        running.observe(Double(max(0, now().seconds(since: start))), metadata.namespace)
        guard let pod = firstPodCreated(metadata.key) else { return }
        firstPod.observe(Double(pod.seconds(since: start)), metadata.namespace)
    }
}
