public import PrometheusMetrics

/// What the webhook counts, under controller-runtime's names; the label `webhook` is the path of the request.
public struct AdmissionMetrics: Sendable {
    private let requests: Counter
    private let latency: Histogram
    private let inFlight: Gauge
    private let registry: MetricsRegistry

    public init(in registry: MetricsRegistry) {
        self.registry = registry
        requests = registry.counter(
            "controller_runtime_webhook_requests_total", help: "Answers to admission requests, by HTTP status.",
            labels: ["webhook", "code"])
        latency = registry.histogram(
            "controller_runtime_webhook_latency_seconds", help: "Seconds that an admission request took.",
            labels: ["webhook"])
        inFlight = registry.gauge(
            "controller_runtime_webhook_requests_in_flight", help: "Admission requests that are being answered.",
            labels: ["webhook"])
    }

    /// Shows what the server's limits are compared with.
    func observe(
        bytesHeld: @escaping @Sendable () -> Int, connections: @escaping @Sendable () -> Int,
        closedConnections: @escaping @Sendable () -> Int
    ) {
        registry.gauge(
            "aerie_webhook_body_bytes", help: "Bytes of reviews, and of what is read from them, that are in memory."
        ) { Double(bytesHeld()) }
        registry.gauge("aerie_webhook_connections", help: "Open connections to the webhook.") {
            Double(connections())
        }
        registry.counter(
            "aerie_webhook_closed_connections_total",
            help: "Connections that brought nothing and were closed because there were too many."
        ) { Double(closedConnections()) }
    }

    /// Shows the samples of a path before its first request.
    func begin(_ path: String) {
        requests.begin(path, "200")
        inFlight.set(0, path)
    }

    /// Counts one request, from its head to the status of its answer.
    func measure(
        _ path: String, isolation: isolated (any Actor)? = #isolation, _ answer: () async -> AdmissionHandler.Reply
    ) async -> AdmissionHandler.Reply {
        inFlight.increment(path)
        let began = ContinuousClock.now
        let reply = await answer()
        latency.observe(began.duration(to: .now) / .seconds(1), path)
        requests.increment(path, String(reply.status))
        inFlight.decrement(path)
        return reply
    }
}
