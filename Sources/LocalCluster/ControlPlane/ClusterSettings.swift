import FoundationEssentials
import KubernetesAPI

/// What stays the same when a local cluster is stopped and started again.
public struct ClusterSettings: Codable, Hashable, Sendable {
    /// The loopback ports of the control plane and of the node agent's endpoint.
    public struct Ports: Codable, Hashable, Sendable {
        public var api: Int
        public var etcd: Int
        public var etcdPeers: Int
        public var controllerManager: Int
        public var scheduler: Int
        public var kubelet: Int

        public init(api: Int, etcd: Int, etcdPeers: Int, controllerManager: Int, scheduler: Int, kubelet: Int) {
            self.api = api
            self.etcd = etcd
            self.etcdPeers = etcdPeers
            self.controllerManager = controllerManager
            self.scheduler = scheduler
            self.kubelet = kubelet
        }

        var all: [Int] { [api, etcd, etcdPeers, controllerManager, scheduler, kubelet] }
    }

    public var name: String
    public var nodeName: String
    public var ports: Ports

    public init(name: String, nodeName: String, ports: Ports) {
        self.name = name
        self.nodeName = nodeName
        self.ports = ports
    }

    /// Where the API server answers.
    public var server: String { "https://127.0.0.1:\(ports.api)" }

    /// The settings of an earlier start; `nil` when there was none.
    public static func load(from state: StateDirectory) throws -> ClusterSettings? {
        guard Files.exists(state.settings) else { return nil }
        return try JSONValue(parsing: Files.read(state.settings)).decode(ClusterSettings.self)
    }

    /// The settings for the next start: those of an earlier one as far as its ports are still free.
    ///
    /// - Parameter apiPort: The port that was asked for; `nil` keeps the earlier one or takes any that is free.
    /// - Throws: ``LocalClusterError`` when the asked-for port is taken.
    static func resolve(
        state: StateDirectory, name: String, nodeName: String, apiPort: Int?, ports: any PortSource = LoopbackPorts()
    ) throws -> ClusterSettings {
        let earlier = try load(from: state)
        var taken: Set<Int> = []
        func port(_ wanted: Int?, required: Bool = false) throws -> Int {
            if let wanted, !taken.contains(wanted), ports.isFree(wanted) {
                taken.insert(wanted)
                return wanted
            }
            if required, let wanted {
                throw LocalClusterError("port \(wanted) on 127.0.0.1 is in use; choose another with --port")
            }
            var free = try ports.anyFree()
            while taken.contains(free) { free = try ports.anyFree() }
            taken.insert(free)
            return free
        }
        let old = earlier?.ports
        let settings = ClusterSettings(
            name: name, nodeName: earlier?.nodeName ?? nodeName,
            ports: Ports(
                api: try port(apiPort ?? old?.api, required: apiPort != nil), etcd: try port(old?.etcd),
                etcdPeers: try port(old?.etcdPeers), controllerManager: try port(old?.controllerManager),
                scheduler: try port(old?.scheduler), kubelet: try port(old?.kubelet)))
        try Files.write(JSONValue(encoding: settings).serialized, to: state.settings)
        return settings
    }
}
