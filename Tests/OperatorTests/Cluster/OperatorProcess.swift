import ControllerRuntime
import Decisions
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Logging
import Operator
import PrometheusMetrics
import ServiceLifecycle
import TestCluster
import TestSupport
import Testing

/// An operator wired as the program wires it, under the controller's account.
struct OperatorProcess: Sendable {
    /// How the operator of a test is run.
    struct Options: Sendable {
        /// Names the process in events and in the lease.
        var identity = "operator"
        /// `nil`: acts at once, without a lease.
        var election: LeaderElection.Timing?
        var tfJob = TFJobDecision.Configuration()
        /// Whether TFJobs are taken over from the training operator.
        var adoptsTFJobs = false
        /// From one look for the training operator to the next.
        var coexistencePeriod = Duration.seconds(10)
        /// Answers requests in the server's place, as an admission policy would; `nil` lets them through.
        var policy: @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil }
    }

    let metrics = MetricsRegistry()
    private let rights: RightsWitness
    private let services: ServiceGroup

    /// - Parameters:
    ///   - cluster: Where it acts.
    ///   - namespace: The only one it looks at, so that every test has an operator of its own.
    ///   - options: What differs from a plain run.
    init(_ cluster: OperatorCluster, in namespace: String, _ options: Options = Options()) throws {
        let logger = Logger(label: options.identity) { _ in SwiftLogNoOpLogHandler() }
        var configuration = cluster.server.configuration
        configuration.tls.clientCertificate = nil
        configuration.token = .fixed(cluster.token)
        let rights = RightsWitness(try AsyncHTTPTransport(tls: configuration.tls))
        self.rights = rights
        let transport = PolicedTransport(base: rights, policy: options.policy)
        let client = KubernetesClient(
            configuration: configuration, transport: RetryingTransport(transport), fieldManager: "aerie-controller")
        let events = EventRecorder(
            client: client, component: "aerie-controller", instance: options.identity, now: { .now }, logger: logger)
        let elector = options.election.map { timing in
            LeaderElector(
                client: KubernetesClient(configuration: configuration, transport: rights),
                lease: ObjectKey(namespace: OperatorCluster.systemNamespace, name: "aerie-controller"),
                identity: options.identity, timing: timing, now: { .now }, logger: logger)
        }
        let mayWrite: @Sendable () -> Bool = { elector?.isLeading ?? true }
        let theOperator = Operator(
            Operator.Configuration(
                namespace: namespace, tfJob: options.tfJob, adoptsTFJobs: options.adoptsTFJobs,
                coexistencePeriod: options.coexistencePeriod),
            Operator.Environment(
                client: client, events: events, metrics: RuntimeMetrics(in: metrics), now: { MicroTime.now.time },
                logger: logger,
                writer: KubernetesClient(
                    configuration: configuration,
                    transport: RetryingTransport(FencedTransport(transport, mayWrite: mayWrite)),
                    fieldManager: "aerie-controller"), mayWrite: mayWrite))
        events.giveWay { theOperator.isBusy }
        let controllers = Controllers(theOperator: theOperator, elector: elector)
        services = ServiceGroup(
            configuration: .init(
                services: ([events] + theOperator.informers).map { .init(service: $0) } + [
                    .init(service: controllers, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                logger: logger))
    }

    /// Runs until ``shutDown()``, or until the task is cancelled, which ends it in the middle of whatever it does.
    func run() async {
        do {
            try await services.run()
        } catch {
            if !Task.isCancelled { Issue.record("the operator ended by itself: \(error)") }
        }
        #expect(rights.refusals == [], "the role lacks rights")
    }

    /// Asks the operator to end in order, as SIGTERM does.
    func shutDown() async { await services.triggerGracefulShutdown() }
}

/// Lets a policy answer before the server does.
private struct PolicedTransport: HTTPTransport {
    let base: any HTTPTransport
    let policy: @Sendable (HTTPRequest) -> HTTPResponse?

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        if let answer = policy(request) { return answer }
        return try await base.send(request)
    }
}

/// The controllers, while the process leads.
private struct Controllers: ServiceLifecycle.Service {
    let theOperator: Operator
    let elector: LeaderElector?

    func run() async throws {
        guard let elector else { return try await theOperator.runControllers() }
        try await elector.run { try await theOperator.runControllers() }
    }
}

extension OperatorCluster {
    /// Runs an operator and the part of the node while `body` runs; it ends in the middle of whatever it does then.
    func withOperator<Result>(
        in namespace: String, _ options: OperatorProcess.Options = .init(), pods script: PodPlayer.Script? = nil,
        isolation: isolated (any Actor)? = #isolation, _ body: (OperatorProcess) async throws -> Result
    ) async throws -> Result {
        let process = try OperatorProcess(self, in: namespace, options)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await process.run() }
            if let script { group.addTask { try await player(in: namespace).play(script) } }
            defer { group.cancelAll() }
            return try await body(process)
        }
    }
}
