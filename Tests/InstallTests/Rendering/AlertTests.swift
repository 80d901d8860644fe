import FoundationEssentials
import KubernetesAPI
import TestSupport
import Testing

/// The rules of `deploy/overlays/monitoring`, as Prometheus' own tool reads and plays them.
@Suite struct AlertTests {
    /// What an alert needs to see to fire; minute by minute, in promtool's notation.
    struct Row: Sendable, CustomTestStringConvertible {
        var alert: String
        var series: [(name: String, values: String)]
        var testDescription: String { alert }
    }

    private static let job = #"job="aerie-controller-metrics""#

    static let rows = [
        Row(alert: "AerieControllerDown", series: [("up", "0x120")]),
        Row(
            alert: "AerieControllerNotLeading",
            series: [
                ("aerie_build_info{version=\"1\"}", "1x120"), ("leader_election_master_status{name=\"a\"}", "0x120"),
            ]),
        Row(
            alert: "AerieReconcileErrors",
            series: [("controller_runtime_reconcile_errors_total{controller=\"tfjob\"}", "0+60x120")]),
        Row(
            alert: "AerieQueueStuck",
            series: [("workqueue_longest_running_processor_seconds{name=\"tfjob\"}", "0+60x120")]),
        Row(alert: "AerieQueueDeep", series: [("workqueue_depth{name=\"tfjob\"}", "500x120")]),
        Row(alert: "AerieWatchesFail", series: [("aerie_informer_failures_total{kind=\"TFJob\"}", "0+30x120")]),
        Row(alert: "AerieUndecodableObjects", series: [("aerie_undecodable_objects_total{kind=\"TFJob\"}", "0+1x120")]),
        Row(
            alert: "AerieApiServerErrors",
            series: [
                ("rest_client_requests_total{code=\"200\",\(job)}", "0+60x120"),
                ("rest_client_requests_total{code=\"503\",\(job)}", "0+30x120"),
            ]),
        Row(
            alert: "AerieWebhookSlow",
            series: [
                ("controller_runtime_webhook_latency_seconds_bucket{webhook=\"/a\",le=\"2.5\"}", "0+1x120"),
                ("controller_runtime_webhook_latency_seconds_bucket{webhook=\"/a\",le=\"5\"}", "0+60x120"),
                ("controller_runtime_webhook_latency_seconds_bucket{webhook=\"/a\",le=\"+Inf\"}", "0+60x120"),
            ]),
        Row(alert: "AerieMemoryHigh", series: [("process_resident_memory_bytes{\(job)}", "500000000x120")]),
    ]

    /// A controller at work, without any trouble.
    private static let quiet: [(name: String, values: String)] = [
        ("aerie_build_info{version=\"1\"}", "1x120"), ("leader_election_master_status{name=\"a\"}", "1x120"),
        ("controller_runtime_reconcile_errors_total{controller=\"tfjob\"}", "3x120"),
        ("workqueue_depth{name=\"tfjob\"}", "2x120"),
        ("workqueue_longest_running_processor_seconds{name=\"tfjob\"}", "1x120"),
        ("aerie_informer_failures_total{kind=\"TFJob\"}", "2x120"),
        ("controller_runtime_webhook_latency_seconds_bucket{webhook=\"/a\",le=\"0.01\"}", "0+60x120"),
        ("controller_runtime_webhook_latency_seconds_bucket{webhook=\"/a\",le=\"+Inf\"}", "0+60x120"),
        ("process_resident_memory_bytes{\(job)}", "40000000x120"),
        ("rest_client_requests_total{code=\"200\",\(job)}", "0+60x120"),
        ("rest_client_requests_total{code=\"503\",\(job)}", "5x120"),
    ]

    private func promtool(_ arguments: [String]) async throws -> Tool.Outcome {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "")/.cache/aerie"
        let path = "\(cache)/prometheus/promtool"
        return try await Tool.outcome(
            of: FileManager.default.isExecutableFile(atPath: path) ? path : "promtool", arguments)
    }

    private func rules() async throws -> (file: TemporaryFile, names: Set<String>) {
        let rendering = try await Rendering("deploy/overlays/monitoring")
        let spec = try #require(rendering.one("PrometheusRule", "aerie")?["spec"])
        let rules = spec["groups"]?[0]?["rules"]?.arrayValue ?? []
        return (try TemporaryFile(spec.description), Set(rules.compactMap { $0["alert"]?.stringValue }))
    }

    /// Which alerts fire after two hours of these series.
    private func firing(_ series: [(name: String, values: String)], expected: String?) async throws -> Tool.Outcome {
        let (file, names) = try await rules()
        let test: JSONValue = [
            "rule_files": [.string(file.path)], "evaluation_interval": "1m",
            "tests": [
                [
                    "interval": "1m",
                    "input_series": .array(
                        series.map { ["series": .string($0.name), "values": .string($0.values)] }),
                    "promql_expr_test": .array(
                        names.sorted().filter { expected == nil || $0 == expected }.map { name in
                            let firing = #"count(ALERTS{alertname="\#(name)",alertstate="firing"}) or vector(0)"#
                            return [
                                "expr": .string(firing), "eval_time": "2h",
                                "exp_samples": [["labels": "{}", "value": name == expected ? 1 : 0]],
                            ]
                        }),
                ]
            ],
        ]
        let text = try TemporaryFile(test.description)
        return try await promtool(["test", "rules", text.path])
    }

    @Test func `Prometheus accepts the rules`() async throws {
        let (file, names) = try await rules()
        #expect(names == Set(Self.rows.map(\.alert)))
        let outcome = try await promtool(["check", "rules", file.path])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    }

    @Test(arguments: rows) func `an alert fires when it should`(row: Row) async throws {
        let outcome = try await firing(row.series, expected: row.alert)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    }

    @Test func `no alert fires while all is well`() async throws {
        let outcome = try await firing(Self.quiet, expected: nil)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    }

    @Test func `dashboard and alerts look at metrics that there are`() async throws {
        let rendering = try await Rendering("deploy/overlays/monitoring")
        let dashboard = try #require(rendering.one("ConfigMap", "aerie-dashboard")?["data"]?["aerie.json"]?.stringValue)
        #expect((try JSONValue(parsing: Array(dashboard.utf8)))["panels"]?.arrayValue?.isEmpty == false)
        let rules = "\(rendering.one("PrometheusRule", "aerie") ?? .null)"
        let pattern = #/\b(?:aerie|controller_runtime|workqueue|rest_client|leader_election|process)_[a-z_]+/#
        let used = Set((dashboard + rules).matches(of: pattern).map { String($0.output) }).map { name in
            name.hasSuffix("_bucket") ? String(name.dropLast("_bucket".count)) : name
        }
        #expect(used.count > 15)
        // A metric without a sample is not shown by the program, so its source is asked.
        let known = try await Tool.run("grep", ["-rhoE", "\"[a-z_]+\"", "\(Rendering.repository)/Sources/"])
        for name in used { #expect(known.contains("\"\(name)\""), "\(name)") }
    }
}
