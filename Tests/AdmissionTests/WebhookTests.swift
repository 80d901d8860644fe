import AerieAPI
import Admission
import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import PrometheusMetrics
import Synchronization
import TestCluster
import TestSupport
import Testing

/// The webhook behind a real API server, with the manifests and the rights of a real installation.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WebhookTests {
    @Test func `the whole table, over the wire, as a dry run`() async throws {
        let webhook = try await WebhookInCluster.shared()
        // What is stored already was stored before there was a webhook.
        let cases = try await withThrowingTaskGroup(of: (Case, JSONValue).self) { group in
            for row in Case.all where row.isForServer { group.addTask { (row, try await prepared(row, webhook)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await webhook.install()
        try await webhook.withWebhook { _ in
            try await webhook.untilRegistered()
            await withTaskGroup(of: Void.self) { group in
                for (row, document) in cases { group.addTask { await check(row, document, webhook) } }
            }
        }
        try await webhook.uninstall()
    }

    /// The case's object in a namespace of its own; for an update, with the stored object's version.
    private func prepared(_ row: Case, _ webhook: WebhookInCluster) async throws -> JSONValue {
        let resource = row.definition.resource
        var object = row.object
        var namespace = ""
        if resource.isNamespaced {
            namespace = try await webhook.cluster.server.namespace("admission")
            object["metadata"]?["namespace"] = .string(namespace)
        }
        guard var stored = row.stored else { return object }
        stored["metadata"]?["namespace"] = object["metadata"]?["namespace"]
        let reference = Reference(
            resource, namespace: namespace, name: stored["metadata"]?["name"]?.stringValue ?? "")
        var document = try await webhook.admin.create(Manifest(reference, stored))
        if let status = stored["status"] {
            document["status"] = status
            document = try await webhook.admin.replaceStatus(Manifest(reference, document))
        }
        object["metadata"]?["resourceVersion"] = document["metadata"]?["resourceVersion"]
        return object
    }

    private func check(_ row: Case, _ document: JSONValue, _ webhook: WebhookInCluster) async {
        let refusal: KubernetesError?
        do throws(KubernetesError) {
            _ = try await webhook.dryRun(document, row.definition.resource)
            refusal = nil
        } catch {
            refusal = error
        }
        #expect((refusal == nil) == row.isAccepted, "\(row.testDescription): \(refusal?.message ?? "accepted")")
        guard let refusal, !row.isRefusedBySchema else { return }
        #expect(refusal.reason == .invalid && refusal.code == 422, "\(row.testDescription)")
        for error in row.errors {
            #expect(refusal.message.contains(error), "\(row.testDescription): \(refusal.message)")
        }
    }

    @Test func `kubectl tells every wrong field on a line of its own, and warnings beside success`() async throws {
        let webhook = try await WebhookInCluster.shared()
        try await webhook.install()
        try await webhook.withWebhook { _ in
            let namespace = try await webhook.cluster.server.namespace("kubectl")
            let kubectl = try KubectlApply(webhook.cluster.server, namespace: namespace)
            let wrong = try #require(Case.all.first { $0.name == "everything at once" })
            let refused = try await eventually("the registration is in force") {
                let outcome = try await kubectl(wrong.object, isDryRun: true)
                return outcome.status == 0 ? nil : outcome
            }
            #expect(refused.error.contains("The TFJob \"mnist-mnist"), "\(refused.error)")
            #expect(refused.error.contains("is invalid:"), "\(refused.error)")
            for error in wrong.errors {
                #expect(refused.error.contains("\n* \(error)"), "\(error) in \(refused.error)")
            }
            // Not a dry run: the same words.
            let really = try await kubectl(wrong.object, isDryRun: false)
            #expect(really.error == refused.error)

            for name in [
                "pod fields indented into the container", "a claim, an account and a class that there are not",
            ] {
                let row = try #require(Case.all.first { $0.name == name })
                let outcome = try await kubectl(row.object, isDryRun: true)
                #expect(outcome.status == 0, "\(outcome.error)")
                for warning in row.warnings + row.missing {
                    #expect(outcome.error.contains("Warning: \(warning)"), "\(warning) in \(outcome.error)")
                }
            }
            try kubectl.forget()
        }
        try await webhook.uninstall()
    }

    @Test func `requests are counted under controller-runtime's names, which docs/metrics.md explains`() async throws {
        let webhook = try await WebhookInCluster.shared()
        try await webhook.install()
        let registry = MetricsRegistry()
        try await webhook.withWebhook(metrics: registry) { port in
            let url = "https://127.0.0.1:\(port)/validate-kubeflow-org-v1-tfjob"
            let post = ["--silent", "--show-error", "--insecure", "--data", "{}", url]
            #expect(try await Tool.run("curl", post).contains("AdmissionReview"))
            try await webhook.untilRegistered()
            let text = registry.text
            for family in ["requests_total", "requests_in_flight", "latency_seconds"] {
                #expect(text.contains("# TYPE controller_runtime_webhook_\(family) "))
            }
            let path = "webhook=\"/validate-kubeflow-org-v1-tfjob\""
            #expect(text.contains("controller_runtime_webhook_requests_total{\(path),code=\"400\"} 1\n"))
            #expect(!text.contains("controller_runtime_webhook_requests_total{\(path),code=\"200\"} 0\n"))
            #expect(text.contains("controller_runtime_webhook_requests_in_flight{\(path)} 0\n"))
        }
        try await webhook.uninstall()
        let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let guide = try String(contentsOfFile: "\(repository)/docs/metrics.md", encoding: .utf8)
        for name in registry.names { #expect(guide.contains("`\(name)`"), "\(name)") }
    }

    @Test func `the authority is announced, and announced again when someone takes it away`() async throws {
        let webhook = try await WebhookInCluster.shared()
        try await webhook.install()
        try await webhook.withWebhook { _ in
            func bundles() async throws -> Set<String> {
                let webhooks = try await webhook.admin.get(WebhookInCluster.configuration)["webhooks"]?.arrayValue ?? []
                #expect(webhooks.count == AdmissionRules.all.count)
                return Set(webhooks.map { $0["clientConfig"]?["caBundle"]?.stringValue ?? "" })
            }
            let announced = try await bundles()
            #expect(announced.count == 1 && announced != [""])
            // As an upgrade does that replaces instead of applying.
            var configuration = try await webhook.admin.get(WebhookInCluster.configuration)
            for index in configuration["webhooks"]?.arrayValue?.indices ?? 0..<0 {
                configuration["webhooks"]?.mutate(index) { $0["clientConfig"]?["caBundle"] = "" }
            }
            try await webhook.admin.update(Manifest(WebhookInCluster.configuration, configuration))
            try await eventually("the bundle is back") { try await bundles() == announced ? true : nil }
        }
        try await webhook.uninstall()
    }

    @Test func `replicas that begin at once agree on one certificate`() async throws {
        let webhook = try await WebhookInCluster.shared()
        try await webhook.install()
        let served = try await withThrowingTaskGroup(of: ServedCertificate.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let certificates = SecretCertificates(
                        client: webhook.controller, secret: WebhookInCluster.secret.key, hosts: ["127.0.0.1"],
                        now: { MicroTime(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) })
                    return try await certificates.current()
                }
            }
            return try await group.reduce(into: Set<ServedCertificate>()) { $0.insert($1) }
        }
        #expect(served.count == 1)
        try await webhook.uninstall()
    }

    @Test func `a running webhook changes its certificate, and no request fails meanwhile`() async throws {
        let webhook = try await WebhookInCluster.shared()
        try await webhook.install()
        // The clock stands still until the test moves it; what API servers trust is judged by the real one.
        let offset = Mutex(0.0)
        try await webhook.withWebhook(
            policy: .init(validity: 3_600, overlap: 60),
            now: {
                MicroTime(microseconds: Int64((Date().timeIntervalSince1970 + offset.withLock(\.self)) * 1e6))
            },
            interval: .milliseconds(100)
        ) { port in
            func chain() async throws -> String {
                try await webhook.admin.get(WebhookInCluster.secret)["data"]?["tls.crt"]?.stringValue ?? ""
            }
            func ask() async throws -> Int {
                let bundle = try await webhook.admin.get(WebhookInCluster.configuration)["webhooks"]?[0]?[
                    "clientConfig"]?[
                        "caBundle"]?.stringValue
                let authority = Data(base64Encoded: bundle ?? "") ?? Data()
                let transport = try AsyncHTTPTransport(tls: TLSOptions(trustRoots: .pem(Array(authority))))
                let request = HTTPRequest(.post, "https://127.0.0.1:\(port)/validate-kubeflow-org-v1-tfjob")
                return try await transport.send(request).status
            }
            let first = try await chain()
            #expect(try await ask() == 400)
            // Of the life of an hour and the hour before it, two thirds are over after 20 minutes.
            offset.withLock { $0 = 1_500 }
            try await eventually("a successor is announced") {
                try await webhook.admin.get(WebhookInCluster.secret)["data"]?["next-tls.crt"]
            }
            #expect(try await chain() == first)
            #expect(try await ask() == 400)
            offset.withLock { $0 = 1_600 }
            try await eventually("the successor is in use") { () -> Bool? in
                // Whenever one asks, before or after the change, the certificate is one that is trusted.
                #expect(try await ask() == 400)
                return try await chain() == first ? nil : true
            }
            for _ in 0..<10 { #expect(try await ask() == 400) }
        }
        try await webhook.uninstall()
    }

    @Test func `without the webhook nothing is held up`() async throws {
        let webhook = try await WebhookInCluster.shared()
        // Registered, and nobody answers at the Service.
        try await webhook.install()
        let namespace = try await webhook.cluster.server.namespace("down")
        let row = try #require(Case.all.first { $0.testDescription == "TFJob: a good job" })
        var document = row.object
        document["metadata"]?["namespace"] = .string(namespace)
        #expect(try await webhook.dryRun(document, TFJob.resource)["kind"] == "TFJob")
        try await webhook.uninstall()
    }
}

extension JSONValue {
    fileprivate mutating func mutate(_ index: Int, _ change: (inout JSONValue) -> Void) {
        guard var elements = arrayValue, elements.indices.contains(index) else { return }
        change(&elements[index])
        self = .array(elements)
    }
}
