public import FoundationEssentials
import HTTPTransport
public import Logging

/// A real Kubernetes control plane on loopback: etcd, kube-apiserver, kube-controller-manager, kube-scheduler.
public struct LocalControlPlane: Sendable {
    public let state: StateDirectory
    public let settings: ClusterSettings
    private let binaries: ControlPlaneBinaries
    private let logger: Logger

    /// Makes keys, tokens and kubeconfigs where they are missing and chooses the ports; starts nothing yet.
    ///
    /// - Parameter apiPort: The API server's port; `nil` keeps the one of an earlier start or takes any.
    /// - Throws: ``LocalClusterError``, or the file that cannot be written.
    public init(
        name: String, nodeName: String = "local", state: StateDirectory, binaries: ControlPlaneBinaries,
        apiPort: Int? = nil, now: Date = Date(), logger: Logger
    ) throws {
        try state.create()
        self.state = state
        self.binaries = binaries
        self.logger = logger
        settings = try ClusterSettings.resolve(state: state, name: name, nodeName: nodeName, apiPort: apiPort)
        try Credentials(state: state, settings: settings).prepare(now: now)
    }

    /// Runs the control plane around `body`: ready before it, stopped after it, in the reverse order.
    ///
    /// Programs that end in between are started again. Cancelling the task stops everything at once.
    ///
    /// - Parameter progress: Called with the name of each program when it is ready.
    /// - Throws: ``LocalClusterError`` when a program does not become ready; whatever `body` throws.
    public func run<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void = { _ in },
        body: () async throws -> Result
    ) async throws -> Result {
        try await ProcessRecords(state: state).endLeftovers(logger: logger)
        let authority = try Files.read(state.certificate("ca"))
        let transport = try AsyncHTTPTransport(tls: TLSOptions(trustRoots: .pem(authority)))
        let components = Component.controlPlane(
            state: state, settings: settings, binaries: binaries,
            release: try await KubernetesRelease.of(program: binaries.apiServer))
        return try await run(components[...], transport: transport, progress: progress, body: body)
    }

    private func run<Result: Sendable>(
        _ components: ArraySlice<Component>, transport: any HTTPTransport,
        progress: @escaping @Sendable (String) -> Void,
        body: () async throws -> Result
    ) async throws -> Result {
        guard let component = components.first else { return try await body() }
        let supervisor = ComponentSupervisor(
            component: component, state: state, transport: transport, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await supervisor.run() }
            group.addTask { try await supervisor.waitUntilReady(timeout: .seconds(60)) }
            // Whichever ends first: ready, or the reason why it never will be.
            try await group.next()
            progress(component.name)
            defer { group.cancelAll() }
            return try await run(components.dropFirst(), transport: transport, progress: progress, body: body)
        }
    }
}
