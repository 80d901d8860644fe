import PrometheusMetrics
import Testing

@Suite("Prometheus text format")
struct MetricsRegistryTests {
    @Test("a counter shows its help, its type and one sample for each set of labels")
    func counter() {
        let registry = MetricsRegistry()
        let requests = registry.counter("requests_total", help: "Requests.", labels: ["code", "method"])
        requests.increment("200", "GET")
        requests.increment("200", "GET")
        requests.increment("404", "POST", by: 3)
        #expect(
            registry.text == """
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{code="200",method="GET"} 2
                requests_total{code="404",method="POST"} 3

                """)
    }

    @Test("a family without labels has a sample before anything happens, one with labels has none")
    func emptyFamilies() {
        let registry = MetricsRegistry()
        _ = registry.gauge("plain", help: "Plain.")
        _ = registry.gauge("labelled", help: "Labelled.", labels: ["name"])
        #expect(registry.text == "# HELP plain Plain.\n# TYPE plain gauge\nplain 0\n")
    }

    @Test("quotes, backslashes and line ends in label values and help are escaped")
    func escaping() {
        let registry = MetricsRegistry()
        registry.gauge("g", help: "two\nlines \\", labels: ["path"]).set(1.5, "a\"b\\c\nd")
        #expect(registry.text == "# HELP g two\\nlines \\\\\n# TYPE g gauge\ng{path=\"a\\\"b\\\\c\\nd\"} 1.5\n")
    }

    @Test("a histogram's buckets are cumulative and end with +Inf")
    func histogram() {
        let registry = MetricsRegistry()
        let latency = registry.histogram("latency_seconds", help: "Latency.", buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { latency.observe(value) }
        #expect(
            registry.text == """
                # HELP latency_seconds Latency.
                # TYPE latency_seconds histogram
                latency_seconds_bucket{le="0.1"} 2
                latency_seconds_bucket{le="1"} 3
                latency_seconds_bucket{le="+Inf"} 4
                latency_seconds_sum 7.65
                latency_seconds_count 4

                """)
    }

    @Test(
        "numbers that are not finite are written in Go's words",
        arguments: [
            (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (Double.nan, "NaN"),
        ])
    func notFinite(value: Double, text: String) {
        let registry = MetricsRegistry()
        registry.gauge("g", help: "G.").set(value)
        #expect(registry.text.hasSuffix("\ng \(text)\n"))
    }

    @Test("samples with labels may be computed when they are read, and a family without samples is left out")
    func computed() {
        let registry = MetricsRegistry()
        registry.gauge("jobs", help: "Jobs.", labels: ["state"]) { [["Running"]: 2, ["Failed"]: 1] }
        registry.gauge("none", help: "None.", labels: ["state"]) { [:] }
        #expect(
            registry.text == """
                # HELP jobs Jobs.
                # TYPE jobs gauge
                jobs{state="Failed"} 1
                jobs{state="Running"} 2

                """)
    }

    @Test("a counter can be shown before anything is counted")
    func begun() {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", help: "C.", labels: ["kind"])
        counter.begin("a")
        counter.increment("a")
        counter.begin("a")
        #expect(registry.text.hasSuffix("\nc_total{kind=\"a\"} 1\n"))
    }

    @Test("counting from many tasks at once loses nothing")
    func concurrency() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", help: "C.", labels: ["task"])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1_000 { counter.increment("all") } } }
        }
        #expect(counter.value("all") == 8_000)
    }

    @Test("the process tells its memory, processor time, descriptors and start")
    func process() throws {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let memory = try #require(
            registry.text.split(separator: "\n").first { $0.hasPrefix("process_resident_memory_bytes ") })
        #expect(try #require(Double(memory.split(separator: " ")[1])) > 1_000_000)
        #expect(registry.text.contains("\nprocess_open_fds "))
        #expect(registry.text.contains("\nprocess_cpu_seconds_total "))
    }
}
