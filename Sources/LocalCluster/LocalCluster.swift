import BuildInformation
import FoundationEssentials
import KubernetesAPI
public import KubernetesClient
public import Logging

/// A whole cluster on one machine: a real control plane and a node that runs pods as sandboxed processes.
///
/// ```swift
/// let cluster = try LocalCluster(options, environment: environment, logger: logger)
/// try await cluster.run { client in
///     // Everything is ready here, and stopped afterwards.
/// }
/// ```
public struct LocalCluster: Sendable {
    /// What a person may choose.
    public struct Options: Sendable {
        public var name: String
        /// `nil` for the cluster's place in the cache.
        public var stateDirectory: StateDirectory?
        /// How many `nvidia.com/gpu` the node offers; they need not exist.
        public var gpus: Int
        /// The API server's port; `nil` keeps the one of an earlier start or takes any.
        public var apiPort: Int?
        /// Images that stand for programs of this machine.
        public var images: ImageTable
        /// Before the second restart of a container that ends; doubles with every further one.
        public var restartDelay: Duration

        public init(
            name: String = "aerie", stateDirectory: StateDirectory? = nil, gpus: Int = 0, apiPort: Int? = nil,
            images: ImageTable = ImageTable(), restartDelay: Duration = .seconds(10)
        ) {
            self.name = name
            self.stateDirectory = stateDirectory
            self.gpus = gpus
            self.apiPort = apiPort
            self.images = images
            self.restartDelay = restartDelay
        }
    }

    public let options: Options
    public let state: StateDirectory
    private let environment: [String: String]
    private let logger: Logger

    /// Starts nothing yet.
    public init(_ options: Options, environment: [String: String], logger: Logger) throws(LocalClusterError) {
        guard !options.name.isEmpty,
            options.name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { throw LocalClusterError("the name \"\(options.name)\" may have only letters, digits and dashes") }
        self.options = options
        self.environment = environment
        self.logger = logger
        state =
            options.stateDirectory
            ?? StateDirectory(cluster: options.name, cache: StateDirectory.cache(environment: environment))
    }

    /// Runs the cluster around `body`: ready before it, stopped after it.
    ///
    /// Ends what an earlier run left behind and takes up its state. `progress` hears what has become ready; `body` gets
    /// a client with the administrator's rights.
    ///
    /// Throws ``LocalClusterError`` when the cluster runs already or something does not become ready.
    public func run<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void = { _ in },
        body: (KubernetesClient) async throws -> Result
    ) async throws -> Result {
        try state.create()
        guard let lock = try FileLock(path: state.lock) else {
            throw LocalClusterError("the cluster \"\(options.name)\" runs already (\(state.path))")
        }
        defer { withExtendedLifetime(lock) {} }
        return try await runLocked(progress: progress, body: body)
    }

    private func runLocked<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        body: (KubernetesClient) async throws -> Result
    ) async throws -> Result {
        let records = ProcessRecords(state: state)
        try await records.endLeftovers(logger: logger)
        if let process = ProcessIdentity.current { try records.write(ProcessRecords.supervisor, process) }
        try Files.remove(state.readiness)
        let controlPlane = try LocalControlPlane(
            name: options.name, state: state, binaries: try ControlPlaneBinaries.find(environment: environment),
            apiPort: options.apiPort, logger: logger)
        let result = try await controlPlane.run(progress: progress) {
            let client = try Self.client(state.kubeconfig)
            try await Self.waitForServiceAccount(client)
            let agent = try agent(settings: controlPlane.settings)
            let provisioner = VolumeProvisioner(client: client, folder: state.volumes, logger: logger)
            return try await agent.run(beside: provisioner.run) {
                progress("node \(controlPlane.settings.nodeName)")
                try Files.write("ready\n", to: state.readiness)
                let result = try await body(client)
                try Files.remove(state.readiness)
                progress("stopping")
                return result
            }
        }
        try records.remove(ProcessRecords.supervisor)
        return result
    }

    /// A client with the identity of a kubeconfig that this module wrote.
    static func client(_ path: String) throws -> KubernetesClient {
        let kubeconfig = try Kubeconfig(JSONValue(parsing: Files.read(path)), directory: "/")
        return try KubernetesClient(kubeconfig.configuration(), fieldManager: "aerie-local")
    }

    private func agent(settings: ClusterSettings) throws -> NodeAgent {
        let now = SystemClock.now
        let node = NodeObject(
            name: settings.nodeName, address: "127.0.0.1", kubeletPort: settings.ports.kubelet,
            capacity: .ofThisMachine(gpus: options.gpus), version: BuildInformation.version, readySince: now().time)
        let context = NodeContext(
            name: settings.nodeName, state: state, client: try Self.client(state.kubeconfig(of: "node")),
            images: try LocalImages(table: options.images, state: state),
            backoff: ContainerBackoff(base: options.restartDelay), apiServerPort: settings.ports.api,
            allocatable: node.capacity.quantities, programs: try SandboxPrograms(environment: environment), now: now,
            logger: logger)
        return try NodeAgent(context: context, node: node)
    }

    /// Pods are refused until their namespace has a service account, and cannot start without the authority's
    /// certificate beside it.
    private static func waitForServiceAccount(_ client: KubernetesClient) async throws {
        let needed = [
            Reference(.serviceAccounts, namespace: "default", name: "default"),
            Reference(.configMaps, namespace: "default", name: "kube-root-ca.crt"),
        ]
        let deadline = ContinuousClock.now + .seconds(30)
        for reference in needed {
            while try await !exists(reference, client) {
                guard ContinuousClock.now < deadline else {
                    throw LocalClusterError("\(reference) did not appear within 30 s")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private static func exists(_ reference: Reference, _ client: KubernetesClient) async throws -> Bool {
        do throws(KubernetesError) {
            _ = try await client.get(reference)
            return true
        } catch {
            guard error.reason == .notFound else { throw error }
            return false
        }
    }
}
