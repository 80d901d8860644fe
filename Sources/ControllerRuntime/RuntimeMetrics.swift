import BuildInformation
public import PrometheusMetrics

/// What the runtime counts, under the names that controller-runtime and client-go give it, so that existing dashboards
/// and alerts work.
public struct RuntimeMetrics: Sendable {
    private let reconciles: Counter
    private let reconcileErrors: Counter
    private let reconcileTime: Histogram
    private let requests: Counter
    private let depth: Gauge
    private let adds: Counter
    private let queueTime: Histogram
    private let workTime: Histogram
    private let retries: Counter
    private let undecodableObjects: Counter

    public init(in registry: MetricsRegistry) {
        reconciles = registry.counter(
            "controller_runtime_reconcile_total", help: "Reconciles, by result.", labels: ["controller", "result"])
        reconcileErrors = registry.counter(
            "controller_runtime_reconcile_errors_total", help: "Reconciles that failed.", labels: ["controller"])
        reconcileTime = registry.histogram(
            "controller_runtime_reconcile_time_seconds", help: "Seconds that a reconcile took.", labels: ["controller"])
        requests = registry.counter(
            "rest_client_requests_total", help: "Requests to the API server; code 0 is no answer.",
            labels: ["code", "method"])
        depth = registry.gauge("workqueue_depth", help: "Keys that wait.", labels: ["name"])
        adds = registry.counter("workqueue_adds_total", help: "Keys that were asked for.", labels: ["name"])
        queueTime = registry.histogram(
            "workqueue_queue_duration_seconds", help: "Seconds that a key lay ready before work on it began.",
            labels: ["name"])
        workTime = registry.histogram(
            "workqueue_work_duration_seconds", help: "Seconds of work on a key.", labels: ["name"])
        retries = registry.counter(
            "workqueue_retries_total", help: "Keys that were asked for again after a failure.", labels: ["name"])
        undecodableObjects = registry.counter(
            "aerie_undecodable_objects_total", help: "Objects from the API server that could not be read.",
            labels: ["kind"])
        let build = registry.gauge(
            "aerie_build_info", help: "Always 1; the label says which version runs.", labels: ["version"])
        build.set(1, BuildInformation.version)
    }

    public func requested(method: String, code: Int) { requests.increment(String(code), method) }

    func undecodable(_ kind: String) { undecodableObjects.increment(kind) }

    func reconciled(_ controller: String, _ requeue: Requeue, took: Duration) {
        let result =
            switch requeue {
            case .whenSomethingChanges: "success"
            case .after: "requeue_after"
            case .withBackoff, .terminal: "error"
            }
        reconciles.increment(controller, result)
        if result == "error" { reconcileErrors.increment(controller) }
        if requeue == .withBackoff { retries.increment(controller) }
        reconcileTime.observe(took.inSeconds, controller)
    }

    func queue(_ name: String) -> QueueMetrics {
        QueueMetrics(name: name, depthGauge: depth, adds: adds, queueTime: queueTime, workTime: workTime)
    }
}

/// The metrics of one queue.
struct QueueMetrics: Sendable {
    let name: String
    let depthGauge: Gauge
    let adds: Counter
    let queueTime: Histogram
    let workTime: Histogram

    func added() { adds.increment(name) }
    func depth(_ keys: Int) { depthGauge.set(Double(keys), name) }
    func started(waited: Duration) { queueTime.observe(waited.inSeconds, name) }
    func worked(_ took: Duration) { workTime.observe(took.inSeconds, name) }
}

extension Duration {
    /// The duration in seconds, as metrics want it.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
