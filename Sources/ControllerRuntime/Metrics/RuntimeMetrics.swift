import BuildInformation
public import PrometheusMetrics

/// What the runtime counts, under the names that controller-runtime and client-go give it, so that existing dashboards
/// and alerts work.
public struct RuntimeMetrics: Sendable {
    /// Where a program registers what else it counts.
    public let registry: MetricsRegistry
    private let requests: Counter
    private let queues: QueueFamilies
    private let reconciles: ReconcileFamilies
    private let undecodableObjects: Counter
    private let informerFailures: Counter
    private let cachedObjects: LiveSamples<Double>
    private let leadership: LiveSamples<Double>
    private let events: Counter

    public init(in registry: MetricsRegistry) {
        self.registry = registry
        reconciles = ReconcileFamilies(in: registry)
        queues = QueueFamilies(in: registry)
        requests = registry.counter(
            "rest_client_requests_total", help: "Requests to the API server; code <error> is no answer.",
            labels: ["code", "host", "method"])
        leadership = LiveSamples()
        registry.gauge(
            "leader_election_master_status", help: "1 while this process leads.", labels: ["name"]
        ) { [leadership] in leadership.read { $0 } }
        undecodableObjects = registry.counter(
            "aerie_undecodable_objects_total", help: "Objects from the API server that could not be read.",
            labels: ["kind"])
        informerFailures = registry.counter(
            "aerie_informer_failures_total", help: "Lists and watches that failed; each is tried again.",
            labels: ["kind"])
        cachedObjects = LiveSamples()
        registry.gauge(
            "aerie_cached_objects", help: "Objects in memory, by kind and by the label selector that they match.",
            labels: ["kind", "selector"]
        ) { [cachedObjects] in cachedObjects.read { $0 } }
        events = registry.counter(
            "aerie_events_total",
            help: "Events about objects: created, counted on one that is there, dropped as too many, or failed.",
            labels: ["result"])
        for result in EventResult.allCases { events.begin(result.rawValue) }
        let build = registry.gauge(
            "aerie_build_info", help: "Always 1; the label says which version runs.", labels: ["version"])
        build.set(1, BuildInformation.version)
    }

    /// Counts an answer of the API server.
    ///
    /// - Parameters:
    ///   - method: The HTTP method.
    ///   - code: The HTTP status; 0 when no answer came.
    ///   - host: Host and port of the server.
    public func requested(method: String, code: Int, host: String) {
        requests.increment(code == 0 ? "<error>" : String(code), host, method)
    }

    /// Shows whether this process leads, under the name of the lease.
    public func showLeadership(_ lease: String, isLeading: @escaping @Sendable () -> Bool) {
        leadership.add([lease]) { isLeading() ? 1 : 0 }
    }

    func undecodable(_ kind: String) { undecodableObjects.increment(kind) }

    func informerFailed(_ kind: String) { informerFailures.increment(kind) }

    func showCache(_ kind: String, selector: String, count: @escaping @Sendable () -> Int) {
        informerFailures.begin(kind)
        cachedObjects.add([kind, selector]) { Double(count()) }
    }

    enum EventResult: String, CaseIterable {
        case created, counted, dropped, failed
    }

    func told(_ result: EventResult) { events.increment(result.rawValue) }

    func controller(_ name: String, workers: Int) -> ControllerMetrics { reconciles.controller(name, workers: workers) }

    func queue(_ name: String, load: @escaping @Sendable () -> QueueLoad) -> QueueMetrics {
        queues.queue(name, load: load)
    }
}
