public import ArgumentParser
import BuildInformation
import ControllerRuntime
import Decisions
import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
public import Logging
import Operator
import PrometheusMetrics
import ServiceLifecycle
import StructuredLogging
import UnixSignals

/// Runs the controllers until SIGTERM, or until leadership is lost.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the controllers.",
        discussion: "Inside a cluster the pod's service account is used, elsewhere a kubeconfig.")

    @Option(help: "A kubeconfig; by default $KUBECONFIG, and inside a pod its service account.")
    var kubeconfig: String?

    @Option(help: "The context of the kubeconfig; by default its current one.")
    var context: String?

    @Option(help: "Watch this namespace only.")
    var namespace: String?

    @Option(help: "Objects of one kind that are worked on at the same time.")
    var workers = 4

    @Flag(inversion: .prefixedNo, help: "Act only while holding the lease; needed for more than one replica.")
    var leaderElect = true

    @Option(help: "The namespace of the lease; by default $POD_NAMESPACE, else aerie-system.")
    var leaderElectionNamespace: String?

    @Option(help: "Where /healthz, /readyz and /metrics are served; by default $POD_IP, else 127.0.0.1.")
    var healthAddress: String?

    @Option(help: "The port of /healthz, /readyz and /metrics.")
    var healthPort = 8080

    @Option(help: "The cluster's DNS domain, appended to host names in TF_CONFIG; by default $CUSTOM_CLUSTER_DOMAIN.")
    var clusterDomain: String?

    @Option(
        help: "Start all pods of a TFJob or none: volcano, or the name of a scheduler with the coscheduling plugin.")
    var gangSchedulerName = ""

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    func validate() throws {
        guard (1...64).contains(workers) else { throw ValidationError("--workers must be 1…64, got \(workers)") }
        guard (0...65_535).contains(healthPort) else {
            throw ValidationError("--health-port must be 0…65535, got \(healthPort)")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let logger = Logger(label: "aerie-controller") { [logLevel] _ in JSONLogHandler(level: logLevel) }
        let registry = MetricsRegistry()
        let metrics = RuntimeMetrics(in: registry)
        ProcessMetrics.register(in: registry)

        let configuration = try ClientConfiguration.find(
            kubeconfig: kubeconfig, context: context, environment: environment)
        let client = try KubernetesClient(configuration, fieldManager: "aerie-controller") { method, code in
            metrics.requested(method: method.rawValue, code: code)
        }
        let identity =
            environment["POD_NAME"]
            ?? "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
        let events = EventRecorder(
            client: client, component: "aerie-controller", instance: identity, now: { .now }, logger: logger)
        let theOperator = Operator(
            Operator.Configuration(
                namespace: namespace, workers: workers,
                tfJob: .init(
                    clusterDomain: clusterDomain ?? environment["CUSTOM_CLUSTER_DOMAIN"] ?? "",
                    gangScheduler: GangScheduler(name: gangSchedulerName))),
            Operator.Environment(
                client: client, events: events, metrics: metrics, now: { MicroTime.now.time }, logger: logger))
        let controllers = try controllers(of: theOperator, configuration, environment, identity, logger)
        let health = HealthServer(
            address: healthAddress ?? environment["POD_IP"] ?? "127.0.0.1", port: healthPort, metrics: registry,
            checks: [.init("caches") { theOperator.isSynced }], logger: logger)

        logger.notice(
            "starting", metadata: ["version": "\(BuildInformation.version)", "server": "\(configuration.server)"])
        let services = [health, events] + theOperator.informers
        try await ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) } + [
                    // Losing the lease ends the program; whoever starts it again begins with a clean state.
                    .init(service: controllers, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    private func controllers(
        of theOperator: Operator, _ configuration: ClientConfiguration, _ environment: [String: String],
        _ identity: String, _ logger: Logger
    ) throws -> Controllers {
        guard leaderElect else { return Controllers(theOperator: theOperator, elector: nil) }
        let namespace = leaderElectionNamespace ?? environment["POD_NAMESPACE"] ?? "aerie-system"
        let client = try KubernetesClient(
            configuration, retry: .never, fieldManager: "aerie-controller")
        let elector = LeaderElector(
            client: client, lease: ObjectKey(namespace: namespace, name: "aerie-controller"), identity: identity,
            now: { .now }, logger: logger)
        return Controllers(theOperator: theOperator, elector: elector)
    }
}

/// The controllers, while this process leads.
private struct Controllers: ServiceLifecycle.Service {
    let theOperator: Operator
    let elector: LeaderElector?

    func run() async throws {
        guard let elector else { return try await theOperator.runControllers() }
        try await elector.run { try await theOperator.runControllers() }
    }
}

extension MicroTime {
    /// The wall clock.
    static var now: MicroTime { MicroTime(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
