import PrometheusMetrics

/// What lies in a queue and what is being worked on, at one moment.
public struct QueueLoad: Hashable, Sendable {
    /// Keys that are due and wait for a worker.
    public var ready = 0
    /// Keys that wait for their time.
    public var delayed = 0
    /// For how long all keys in work have been worked on, together.
    public var unfinished = Duration.zero
    /// For how long the key that is longest in work has been.
    public var longest = Duration.zero

    public init(
        ready: Int = 0, delayed: Int = 0, unfinished: Duration = .zero, longest: Duration = .zero
    ) {
        self.ready = ready
        self.delayed = delayed
        self.unfinished = unfinished
        self.longest = longest
    }
}

/// client-go's metrics of work queues.
struct QueueFamilies: Sendable {
    private let loads: LiveSamples<QueueLoad>
    private let adds: Counter
    private let queueTime: Histogram
    private let workTime: Histogram
    private let retries: Counter

    init(in registry: MetricsRegistry) {
        let loads = LiveSamples<QueueLoad>()
        func gauge(_ name: String, _ help: String, _ number: @escaping @Sendable (QueueLoad) -> Double) {
            registry.gauge(name, help: help, labels: ["name"]) { loads.read(number) }
        }
        gauge("workqueue_depth", "Keys that are due and wait for a worker.") { Double($0.ready) }
        gauge("aerie_workqueue_delayed", "Keys that wait for their time: deadlines and pauses after failures.") {
            Double($0.delayed)
        }
        gauge("workqueue_unfinished_work_seconds", "Seconds of work that has begun and not ended, of all workers.") {
            $0.unfinished.inSeconds
        }
        gauge("workqueue_longest_running_processor_seconds", "Seconds that the longest work in progress has taken.") {
            $0.longest.inSeconds
        }
        self.loads = loads
        adds = registry.counter("workqueue_adds_total", help: "Keys that were asked for.", labels: ["name"])
        queueTime = registry.histogram(
            "workqueue_queue_duration_seconds", help: "Seconds that a key lay ready before work on it began.",
            labels: ["name"])
        workTime = registry.histogram(
            "workqueue_work_duration_seconds", help: "Seconds of work on a key.", labels: ["name"])
        retries = registry.counter(
            "workqueue_retries_total", help: "Keys that were asked for again after a failure.", labels: ["name"])
    }

    func queue(_ name: String, load: @escaping @Sendable () -> QueueLoad) -> QueueMetrics {
        loads.add([name], read: load)
        adds.begin(name)
        retries.begin(name)
        return QueueMetrics(name: name, adds: adds, queueTime: queueTime, workTime: workTime, retries: retries)
    }
}

/// The metrics of one queue.
struct QueueMetrics: Sendable {
    let name: String
    let adds: Counter
    let queueTime: Histogram
    let workTime: Histogram
    let retries: Counter

    func added() { adds.increment(name) }
    func started(waited: Duration) { queueTime.observe(waited.inSeconds, name) }
    func worked(_ took: Duration) { workTime.observe(took.inSeconds, name) }
    func retried() { retries.increment(name) }
}

extension Duration {
    /// The duration in seconds, as metrics want it.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
