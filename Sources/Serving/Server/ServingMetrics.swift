import BuildInformation
package import PrometheusMetrics
package import TensorFlow

/// What the server counts: under TensorFlow Serving's names where it has one for the same thing, else under ours.
package struct ServingMetrics: Sendable {
    package let registry: MetricsRegistry
    private let model: String
    private let calls: Counter
    private let callLatency: Histogram
    private let runtimeLatency: Histogram
    private let examples: Histogram
    private let warmUpLatency: Histogram
    private let requests: Counter
    private let requestSeconds: Histogram
    private let loadSeconds: Gauge

    /// Microseconds, from 10 µs to 24 minutes: the buckets that TensorFlow Serving has.
    private static let microseconds = (0..<33).map { exponent in
        (0..<exponent).reduce(10) { bound, _ in bound * 1.8 }
    }

    package init(model: String, registry: MetricsRegistry = MetricsRegistry()) {
        self.model = model
        self.registry = registry
        calls = registry.counter(
            ":tensorflow:serving:request_count", help: "Calls of a model by the code that they ended with.",
            labels: ["model_name", "status"])
        callLatency = registry.histogram(
            ":tensorflow:serving:request_latency", help: "Microseconds from a call's body to its answer.",
            labels: ["model_name", "API", "entrypoint"], buckets: Self.microseconds)
        runtimeLatency = registry.histogram(
            ":tensorflow:serving:runtime_latency", help: "Microseconds that TensorFlow took for a call.",
            labels: ["model_name", "API", "runtime"], buckets: Self.microseconds)
        examples = registry.histogram(
            ":tensorflow:serving:request_example_counts", help: "Examples in a call.", labels: ["model"],
            buckets: (0..<15).map { Double(1 << $0) })
        warmUpLatency = registry.histogram(
            ":tensorflow:serving:model_warmup_latency", help: "Microseconds of the first call after loading.",
            labels: ["model_path", "status"], buckets: Self.microseconds)
        requests = registry.counter(
            "aerie_serving_requests_total", help: "HTTP requests by route and status code.", labels: ["route", "code"])
        requestSeconds = registry.histogram(
            "aerie_serving_request_seconds", help: "Seconds from a request's head to its answer.", labels: ["route"])
        loadSeconds = registry.gauge(
            "aerie_serving_model_load_seconds", help: "Seconds that loading and warming up a version took.",
            labels: ["model", "version"])
        registry.gauge("aerie_build_info", help: "The build and its TensorFlow.", labels: ["version", "tensorflow"])
            .set(1, BuildInformation.version, TensorFlowLibrary.version)
        ProcessMetrics.register(in: registry)
    }

    package func observeQueue(_ length: @escaping @Sendable () -> Int) {
        registry.gauge("aerie_serving_calls", help: "Calls that are running or waiting for a thread.") {
            Double(length())
        }
    }

    package func countCall(error: TFError.Code?, took time: Duration) {
        calls.increment(model, error?.protocolName ?? "OK")
        callLatency.observe(time.seconds * 1_000_000, model, "Predict", "REST")
    }

    package func countRun(examples count: Int, took time: Duration) {
        examples.observe(Double(count), model)
        runtimeLatency.observe(time.seconds * 1_000_000, model, "Predict", "TF1")
    }

    package func countWarmUp(of path: String, error: TFError?, took time: Duration) {
        warmUpLatency.observe(time.seconds * 1_000_000, path, error?.code.protocolName ?? "OK")
    }

    package func countLoad(of version: Int64, took time: Duration) {
        loadSeconds.set(time.seconds, model, String(version))
    }

    package func countRequest(route: String, code: Int, took time: Duration) {
        requests.increment(route, String(code))
        requestSeconds.observe(time.seconds, route)
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
