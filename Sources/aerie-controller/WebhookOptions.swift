import Admission
import ArgumentParser
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import PrometheusMetrics

/// Whether and how the validating webhook is served.
struct WebhookOptions: ParsableArguments {
    @Option(help: "Where the webhook is served; 0 turns it off. By default 9443 inside a cluster, and off elsewhere.")
    var webhookServerPort: Int?

    @Option(help: "The Service by which API servers reach the webhook.")
    var webhookServiceName = "aerie-webhook"

    @Option(help: "The Secret, in the controller's namespace, that holds the webhook's own certificate.")
    var webhookSecretName = "aerie-webhook-cert"

    @Option(
        help: """
            A folder with tls.crt, tls.key and perhaps ca.crt, made by someone else such as cert-manager. Then the Secret \
            is left alone.
            """)
    var webhookCertificateDirectory: String?

    @Option(
        help: """
            Where API servers reach this very process when the Service leads nowhere, such as https://10.0.0.5:9443; \
            written into the ValidatingWebhookConfiguration.
            """)
    var webhookUrl: String?

    func validate() throws {
        if let webhookServerPort, !(0...65_535).contains(webhookServerPort) {
            throw ValidationError("--webhook-server-port must be 0…65535, got \(webhookServerPort)")
        }
        if let webhookUrl, host(of: webhookUrl) == nil {
            throw ValidationError("--webhook-url must be https://<host>:<port>, got \(webhookUrl)")
        }
    }

    /// The webhook as a service, for every replica; `nil` when it is off.
    ///
    /// - Parameters:
    ///   - configuration: The API server.
    ///   - environment: Says whether this is a pod, and of which namespace.
    ///   - address: Where to listen; by default the pod's address.
    ///   - namespace: Of the Secret and the Service; by default the pod's.
    ///   - observer: Counts requests to the API server.
    ///   - registry: Where the webhook's own metrics are shown.
    ///   - logger: For the webhook.
    func service(
        _ configuration: ClientConfiguration, _ environment: [String: String], address: String?, namespace: String?,
        _ observer: @escaping KubernetesClient.Observer, _ registry: MetricsRegistry, _ logger: Logger
    ) throws -> AdmissionWebhook? {
        let port = webhookServerPort ?? (environment["KUBERNETES_SERVICE_HOST"] == nil ? 0 : 9_443)
        guard port != 0 else { return nil }
        let namespace = namespace ?? environment["POD_NAMESPACE"] ?? "aerie-system"
        // API servers wait meanwhile: what does not answer at once is done without.
        let client = try KubernetesClient(
            configuration, retry: .never, fieldManager: "aerie-controller-webhook", observer: observer)
        let certificates: any CertificateSource =
            if let webhookCertificateDirectory {
                DirectoryCertificates(directory: webhookCertificateDirectory)
            } else {
                SecretCertificates(
                    client: client, secret: ObjectKey(namespace: namespace, name: webhookSecretName),
                    hosts: SecretCertificates.hosts(service: webhookServiceName, namespace: namespace)
                        + (webhookUrl.flatMap(host(of:)).map { [$0] } ?? []),
                    now: { .now })
            }
        return AdmissionWebhook(
            AdmissionWebhook.Settings(address: address ?? environment["POD_IP"] ?? "127.0.0.1", port: port),
            handler: AdmissionHandler(references: ReferenceCheck(client: client)), certificates: certificates,
            registration: WebhookRegistration(client: client, url: webhookUrl), metrics: AdmissionMetrics(in: registry),
            logger: logger)
    }

    /// The host of `https://<host>:<port>`; `nil` for anything else.
    private func host(of url: String) -> String? {
        guard url.hasPrefix("https://") else { return nil }
        let parts = url.dropFirst("https://".count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, Int(parts[1]) != nil else { return nil }
        return String(parts[0])
    }
}
