/// Where one local cluster keeps everything that outlives a process: keys, tokens, etcd's data, logs, pods.
///
/// Deleting the folder while the cluster is down deletes the cluster.
public struct StateDirectory: Hashable, Sendable, CustomStringConvertible {
    /// Absolute.
    public var path: String

    public init(path: String) { self.path = path }

    /// `<cache>/local/<name>`, the place of a cluster that was given no other.
    public init(cluster name: String, cache: String) { path = "\(cache)/local/\(name)" }

    /// `AERIE_CACHE`, or `.cache/aerie` in the home folder.
    public static func cache(environment: [String: String]) -> String {
        environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "/root")/.cache/aerie"
    }

    public var description: String { path }

    /// The administrator's kubeconfig, the one that people use.
    public var kubeconfig: String { "\(path)/kubeconfig" }
    /// The kubeconfig of one identity of the cluster, such as `node`.
    public func kubeconfig(of identity: String) -> String { "\(path)/\(identity).kubeconfig" }
    public func certificate(_ name: String) -> String { "\(path)/pki/\(name).crt" }
    public func key(_ name: String) -> String { "\(path)/pki/\(name).key" }
    public var serviceAccountPublicKey: String { "\(path)/pki/service-account.pub" }
    public var tokens: String { "\(path)/tokens.csv" }
    public var settings: String { "\(path)/cluster.json" }
    public var etcd: String { "\(path)/etcd" }
    public var logs: String { "\(path)/logs" }
    public func log(of component: String) -> String { "\(logs)/\(component).log" }
    /// One file a running process, so that a later start finds what an earlier one left behind.
    public var processes: String { "\(path)/processes" }
    public var pods: String { "\(path)/pods" }
    /// Locked while the cluster runs.
    var lock: String { "\(path)/lock" }
    /// There while the cluster is ready for use.
    public var readiness: String { "\(path)/ready" }
    /// One folder a persistent volume claim: `<namespace>/<claim>`.
    public var volumes: String { "\(path)/volumes" }
    public var images: String { "\(path)/images" }

    /// Creates the folders that must exist before anything starts.
    public func create() throws {
        for folder in [path, "\(path)/pki", logs, processes, pods] { try Files.createFolder(folder, mode: 0o700) }
    }
}
