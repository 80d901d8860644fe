import Admission
import AerieAPI
import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import KubernetesYAML
import Logging
import PrometheusMetrics
import ServiceLifecycle
import Synchronization
import TestCluster
import TestSupport

/// The webhook as it is installed, beside a real API server: its Secret and its registration come from
/// `deploy/base/webhook.yaml`, its rights from `deploy/base/controller-role.yaml`.
struct WebhookInCluster: Sendable {
    let cluster: OperatorCluster
    /// With exactly the rights of the controller.
    let controller: KubernetesClient

    var admin: KubernetesClient { cluster.admin }

    static let secret = Reference(
        SecretCertificates.resource, namespace: OperatorCluster.systemNamespace, name: "aerie-webhook-cert")
    static let configuration = Reference(WebhookRegistration.resource, name: "aerie-controller")

    private static let installation = Task {
        let cluster = try await OperatorCluster(on: try await ControlPlane.shared())
        // Rules would answer before the webhook is asked.
        try await cluster.installDefinitions(.none)
        var configuration = cluster.server.configuration
        configuration.tls.clientCertificate = nil
        configuration.token = .fixed(cluster.token)
        return WebhookInCluster(
            cluster: cluster, controller: try KubernetesClient(configuration, retry: .never))
    }

    static func shared() async throws -> WebhookInCluster { try await installation.value }

    private static let manifests = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    /// Applies the Secret and the registration.
    ///
    /// - Parameter name: Of the registration, for tests that must not share one.
    func install() async throws {
        let text = try Data(contentsOf: URL(filePath: "\(Self.manifests)/deploy/base/webhook.yaml"))
        for document in try YAMLReader.documents(Array(text)) {
            switch document["kind"]?.stringValue {
            case "Secret": try await admin.apply(Manifest(Self.secret, document))
            case "ValidatingWebhookConfiguration": try await admin.apply(Manifest(Self.configuration, document))
            default: break
            }
        }
    }

    /// Takes both away, so that the next test begins anew.
    func uninstall() async throws {
        try await admin.delete(Self.configuration)
        try await admin.delete(Self.secret)
    }

    /// Runs the webhook at a port of its own while `body` runs.
    func withWebhook(
        policy: CertificateRotation.Policy = CertificateRotation.Policy(),
        now: @escaping @Sendable () -> MicroTime = {
            MicroTime(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        },
        interval: Duration = .milliseconds(200), metrics: MetricsRegistry = MetricsRegistry(),
        _ body: @escaping @Sendable (UInt16) async throws -> Void
    ) async throws {
        guard let port = try ControlPlane.freePorts(1).first else { return }
        var logger = Logger(label: "webhook")
        logger.logLevel = .error
        let webhook = AdmissionWebhook(
            .init(address: "127.0.0.1", port: Int(port), interval: interval),
            handler: AdmissionHandler(references: ReferenceCheck(client: controller, timeout: .seconds(5))),
            certificates: SecretCertificates(
                client: controller, secret: Self.secret.key,
                hosts: SecretCertificates.hosts(service: "aerie-webhook", namespace: OperatorCluster.systemNamespace)
                    + ["127.0.0.1"], policy: policy, now: now),
            registration: WebhookRegistration(client: controller, url: "https://127.0.0.1:\(port)"),
            metrics: AdmissionMetrics(in: metrics), logger: logger)
        // Stopped as the program is: open connections end in order.
        let services = ServiceGroup(services: [webhook], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            do {
                try await eventually("the webhook answers") { webhook.isServing ? true : nil }
                try await body(port)
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Waits until the API server asks the webhook.
    func untilRegistered() async throws {
        let probe: JSONValue = [
            "metadata": ["name": "0", "namespace": "default"], "spec": ["tfReplicaSpecs": [:]],
        ]
        try await eventually("the registration is in force") { () -> Bool? in
            do throws(KubernetesError) {
                _ = try await dryRun(probe, TFJob.resource)
                return nil
            } catch {
                return error.message.contains("admission webhook") ? true : nil
            }
        }
    }

    /// Asks the API server to create or replace an object as `kubectl --dry-run=server` does.
    func dryRun(_ document: JSONValue, _ resource: Resource) async throws(KubernetesError) -> JSONValue {
        let name = document["metadata"]?["name"]?.stringValue ?? ""
        let reference = Reference(
            resource, namespace: document["metadata"]?["namespace"]?.stringValue ?? "", name: name)
        let isStored = document["metadata"]?["resourceVersion"] != nil
        var request =
            isStored ? KubernetesRequest.update(Manifest(reference, document)) : .create(Manifest(reference, document))
        request.path += "?dryRun=All"
        return try await admin.document(request)
    }
}
