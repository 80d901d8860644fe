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
import TestCluster
import TestSupport

/// The extension API server of a current release: rules are in force there, fields are checked strictly.
struct CurrentServer: Sendable {
    let server: ControlPlane
    let definitions: InstalledDefinitions
    private let transport: AsyncHTTPTransport

    private static let started = Task { try await CurrentServer(on: try await ControlPlane.shared(.extensions)) }

    /// Fails, with the reason, where `make setup` could build none: `scripts/test` then leaves these tests out and says so.
    static func shared() async throws -> CurrentServer { try await started.value }

    private init(on server: ControlPlane) async throws {
        self.server = server
        definitions = try await InstalledDefinitions(on: server.client)
        transport = try AsyncHTTPTransport(tls: server.configuration.tls)
    }

    /// With its own kubectl, as an administrator.
    func kubectl(in namespace: String = "default") throws -> KubectlApply {
        try KubectlApply(server, namespace: namespace, program: "\(server.programs)/kubectl")
    }

    /// Asks as `kubectl create` and `kubectl replace` do, without storing anything.
    func rehearse(_ document: JSONValue, of resource: Resource) async throws -> Answer {
        let metadata = document["metadata"] ?? [:]
        let namespace = metadata["namespace"]?.stringValue.map { "namespaces/\($0)/" } ?? ""
        let isStored = metadata["resourceVersion"] != nil
        let name = isStored ? "/\(metadata["name"]?.stringValue ?? "")" : ""
        let path = "/apis/\(resource.apiVersion)/\(namespace)\(resource.plural)\(name)"
        let request = HTTPRequest(
            isStored ? .put : .post,
            "\(server.configuration.server)\(path)?dryRun=All&fieldValidation=Strict",
            headers: ["Authorization": "Bearer \(server.token)", "Content-Type": "application/json"],
            body: HTTPBody(document.serialized))
        let response = try await transport.send(request)
        let body = try JSONValue(parsing: try await response.collect(upTo: 16 << 20))
        return Answer(status: response.status, body: body, warnings: response.headers[all: "Warning"])
    }

    /// The cases with their objects as they are to be sent: what is stored already is stored without rules, then the rules
    /// are there.
    func prepared() async throws -> [(row: Case, document: JSONValue)] {
        try await definitions.install(.none)
        var cases: [(Case, JSONValue)] = []
        for row in Case.all { cases.append((row, try await prepared(row))) }
        try await definitions.install()
        // The server takes a changed definition a moment after it has answered.
        for definition in AerieCRDs.all {
            guard let (row, document) = cases.first(where: { $0.0.definition == definition && $0.0.isRuledOut })
            else { continue }
            try await eventually("the rules of \(definition.name) are in force") {
                try await rehearse(document, of: row.definition.resource).isAccepted ? nil : true
            }
        }
        return cases
    }

    private func prepared(_ row: Case) async throws -> JSONValue {
        let resource = row.definition.resource
        var object = row.written
        if resource.isNamespaced {
            object["metadata"]?["namespace"] = .string(try await server.namespace("current"))
        }
        guard var stored = row.stored else { return object }
        stored["metadata"]?["namespace"] = object["metadata"]?["namespace"]
        let reference = Reference(
            resource, namespace: stored["metadata"]?["namespace"]?.stringValue ?? "",
            name: stored["metadata"]?["name"]?.stringValue ?? "")
        var document = try await eventually("\(row.testDescription): what is stored already is stored") {
            try? await server.client.create(Manifest(reference, stored))
        }
        if let status = stored["status"] {
            document["status"] = status
            document = try await server.client.replaceStatus(Manifest(reference, document))
        }
        object["metadata"]?["resourceVersion"] = document["metadata"]?["resourceVersion"]
        return object
    }

    /// Runs the webhook, which this server calls at its address, while `body` runs.
    func withWebhook(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let path =
            #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } + "/deploy/base/webhook.yaml"
        for document in try YAMLReader.documents(Array(try Data(contentsOf: URL(filePath: path)))) {
            guard document["kind"] == "ValidatingWebhookConfiguration" else { continue }
            try await server.client.apply(Manifest(WebhookInCluster.configuration, document))
        }
        let port = Int(try ControlPlane.freePorts(1)[0])
        var logger = Logger(label: "webhook")
        logger.logLevel = .error
        let webhook = AdmissionWebhook(
            .init(address: "127.0.0.1", port: port, interval: .milliseconds(200)),
            handler: AdmissionHandler(references: nil), certificates: ServersOwn(directory: server.directory),
            registration: WebhookRegistration(client: server.client, url: "https://127.0.0.1:\(port)"),
            metrics: AdmissionMetrics(in: MetricsRegistry()), logger: logger)
        let services = ServiceGroup(services: [webhook], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            do {
                try await eventually("the webhook answers") { webhook.isServing ? true : nil }
                try await body()
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        try await server.client.delete(WebhookInCluster.configuration)
    }
}

/// The certificate of the API server itself, which is one for this machine's loopback.
private struct ServersOwn: CertificateSource {
    let directory: String

    func current() async throws -> ServedCertificate {
        func read(_ name: String) throws -> String {
            try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
        }
        return ServedCertificate(
            chain: try read("server.crt"), key: try read("server.key"), trustBundle: try read("ca.crt"))
    }
}
