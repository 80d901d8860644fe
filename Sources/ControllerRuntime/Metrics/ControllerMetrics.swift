import PrometheusMetrics

/// controller-runtime's metrics of controllers.
struct ReconcileFamilies: Sendable {
    private let results: Counter
    private let errors: Counter
    private let terminalErrors: Counter
    private let time: Histogram
    private let active: Gauge
    private let maximum: Gauge

    init(in registry: MetricsRegistry) {
        let label = ["controller"]
        results = registry.counter(
            "controller_runtime_reconcile_total", help: "Reconciles, by result.", labels: ["controller", "result"])
        errors = registry.counter(
            "controller_runtime_reconcile_errors_total", help: "Reconciles that failed.", labels: label)
        terminalErrors = registry.counter(
            "controller_runtime_terminal_reconcile_errors_total",
            help: "Always 0: whatever fails is tried again.", labels: label)
        time = registry.histogram(
            "controller_runtime_reconcile_time_seconds", help: "Seconds that a reconcile took.", labels: label,
            buckets: Histogram.latencyBuckets + [30, 60])
        active = registry.gauge(
            "controller_runtime_active_workers", help: "Workers that reconcile now.", labels: label)
        maximum = registry.gauge(
            "controller_runtime_max_concurrent_reconciles", help: "Workers that there are.", labels: label)
    }

    func controller(_ name: String, workers: Int) -> ControllerMetrics {
        for result in ControllerMetrics.Result.allCases { results.begin(name, result.rawValue) }
        errors.begin(name)
        terminalErrors.begin(name)
        active.set(0, name)
        maximum.set(Double(workers), name)
        return ControllerMetrics(
            name: name, results: results, errors: errors, time: time, active: active)
    }
}

/// The metrics of one controller.
struct ControllerMetrics: Sendable {
    /// In controller-runtime's words.
    enum Result: String, CaseIterable, Sendable {
        case success
        case error
        /// Never used here: whatever is tried again after no failure says when.
        case requeue
        case requeueAfter = "requeue_after"
    }

    let name: String
    let results: Counter
    let errors: Counter
    let time: Histogram
    let active: Gauge

    func began() { active.increment(name) }

    func ended(_ result: Result, took: Duration) {
        active.decrement(name)
        results.increment(name, result.rawValue)
        if result == .error { errors.increment(name) }
        time.observe(took.inSeconds, name)
    }
}
