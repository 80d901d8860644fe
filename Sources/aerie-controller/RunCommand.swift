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

    @Option(help: "Watch this namespace only; by default $KUBEFLOW_NAMESPACE, else all.")
    var namespace: String?

    @Option(
        name: [.long, .customLong("controller-threads")],
        help: "Objects of one kind that are worked on at the same time.")
    var workers = 4

    @Flag(
        help: "Reconcile TFJobs even where the Kubeflow training operator is at work or has installed their definition."
    )
    var adoptTfjobs = false

    @Flag(inversion: .prefixedNo, help: "Act only while holding the lease; needed for more than one replica.")
    var leaderElect = true

    @Option(help: "The namespace of the lease; by default $POD_NAMESPACE, else aerie-system.")
    var leaderElectionNamespace: String?

    @OptionGroup var leaderTiming: LeaderTimingOptions

    @Option(help: "Where /healthz, /readyz and /metrics are served; by default $POD_IP, else 127.0.0.1.")
    var healthAddress: String?

    @Option(help: "The port of /healthz, /readyz and /metrics.")
    var healthPort = 8080

    @OptionGroup var webhook: WebhookOptions

    @OptionGroup var rateLimit: RateLimitOptions

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
        for warning in configuration.warnings {
            logger.warning("the connection is not safe", metadata: ["warning": "\(warning)"])
        }
        let observer: KubernetesClient.Observer = { method, code in
            metrics.requested(method: method.rawValue, code: code, host: configuration.host)
        }
        let limiter = rateLimit.limiter()
        let client = try KubernetesClient(
            configuration, limiter: limiter, fieldManager: "aerie-controller", observer: observer)
        let identity =
            environment["POD_NAME"]
            ?? "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
        let elector = try elector(configuration, environment, identity, observer, logger)
        let mayWrite: @Sendable () -> Bool = { elector?.isLeading ?? true }
        metrics.showLeadership("aerie-controller", isLeading: mayWrite)
        let writer = try KubernetesClient(
            configuration, limiter: limiter, fieldManager: "aerie-controller", mayWrite: mayWrite,
            observer: observer)
        let events = EventRecorder(
            client: client, component: "aerie-controller", instance: identity, now: { .now }, logger: logger,
            metrics: metrics)
        let theOperator = Operator(
            Operator.Configuration(
                namespace: namespace ?? environment["KUBEFLOW_NAMESPACE"].flatMap { $0.isEmpty ? nil : $0 },
                workers: workers,
                tfJob: .init(
                    clusterDomain: clusterDomain ?? environment["CUSTOM_CLUSTER_DOMAIN"] ?? "",
                    gangScheduler: GangScheduler(name: gangSchedulerName)),
                adoptsTFJobs: adoptTfjobs),
            Operator.Environment(
                client: client, events: events, metrics: metrics, now: { MicroTime.now.time }, logger: logger,
                writer: writer, mayWrite: mayWrite))
        events.giveWay { theOperator.isBusy }
        let controllers = Controllers(theOperator: theOperator, elector: elector)
        let health = HealthServer(
            address: healthAddress ?? environment["POD_IP"] ?? "127.0.0.1", port: healthPort, metrics: registry,
            checks: [.init("caches") { theOperator.isSynced }], logger: logger)

        let admission = try webhook.service(
            configuration, environment, address: healthAddress, namespace: leaderElectionNamespace, observer, registry,
            logger)

        logger.notice(
            "starting", metadata: ["version": "\(BuildInformation.version)", "server": "\(configuration.server)"])
        let services = [health, events] + theOperator.informers
        var group = ServiceGroupConfiguration(
            services: (services + (admission.map { [$0] } ?? [])).map { .init(service: $0) } + [
                // Losing the lease ends the program; whoever starts it again begins with a clean state.
                .init(service: controllers, successTerminationBehavior: .gracefullyShutdownGroup)
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Together less than the 20 seconds after which the kubelet kills the pod: what has begun may end, and a server
        // that does not answer is not waited for.
        group.maximumGracefulShutdownDuration = .seconds(10)
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }

    private func elector(
        _ configuration: ClientConfiguration, _ environment: [String: String], _ identity: String,
        _ observer: @escaping KubernetesClient.Observer, _ logger: Logger
    ) throws -> LeaderElector? {
        guard leaderElect else { return nil }
        let namespace = leaderElectionNamespace ?? environment["POD_NAMESPACE"] ?? "aerie-system"
        let client = try KubernetesClient(
            configuration, retry: .never, fieldManager: "aerie-controller", observer: observer)
        return LeaderElector(
            client: client, lease: ObjectKey(namespace: namespace, name: "aerie-controller"), identity: identity,
            timing: leaderTiming.timing, now: { .now }, logger: logger)
    }
}

/// The controllers, while this process leads.
private struct Controllers: ServiceLifecycle.Service, CustomStringConvertible {
    let theOperator: Operator
    let elector: LeaderElector?

    /// As it is called in the log of the program's services.
    var description: String { "the controllers" }

    func run() async throws {
        guard let elector else { return try await theOperator.runControllers() }
        try await elector.run { try await theOperator.runControllers() }
    }
}

extension ClientConfiguration {
    /// Host and port of the server, as metrics show it.
    fileprivate var host: String {
        let rest = server.split(separator: "//", maxSplits: 1).last ?? ""
        return String(rest.prefix { $0 != "/" })
    }
}

extension MicroTime {
    /// The wall clock.
    static var now: MicroTime { MicroTime(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
