import FoundationEssentials
import Glibc
import HTTPTransport
import KubernetesAPI
public import KubernetesClient
import Synchronization

/// A real Kubernetes API server, started once for all tests of the process and stopped with it.
///
/// The binaries are those in `KUBEBUILDER_ASSETS`, or what `make setup` has built. Where they are missing tests fail:
/// a suite that passes without a server would prove nothing.
public final class ControlPlane: Sendable {
    public enum Parts: String, Sendable {
        /// etcd and kube-apiserver: objects are stored, nothing acts on them.
        case apiServer = "api"
        /// Also kube-controller-manager and kube-scheduler.
        case all
        /// etcd and the extension API server of a current release, which knows namespaces, definitions with their rules,
        /// and webhooks by URL; neither pods nor rights. `make setup` builds it where it can.
        case extensions
    }

    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// For clients of the test's own making; authenticates as an administrator with a certificate.
    public let configuration: ClientConfiguration
    /// An administrator's client.
    public let client: KubernetesClient
    /// A bearer token of the same administrator.
    public let token = "admin-token"
    /// Keys, logs, and the process ids of the programs, each in a file named after it.
    package let directory: String
    /// Where the programs are; beside a current server a `kubectl` of its release.
    package let programs: String
    private let supervisor: pid_t
    private let nextNamespace = Mutex(0)

    private static let apiServer = Task { try await ControlPlane(.apiServer) }
    private static let all = Task { try await ControlPlane(.all) }
    private static let extensions = Task { try await ControlPlane(.extensions) }

    /// The control plane of this process with these parts; the first call takes about five seconds.
    public static func shared(_ parts: Parts = .apiServer) async throws -> ControlPlane {
        // A lazy static whose task has begun can be awaited by any number of tests.
        switch parts {
        case .apiServer: try await apiServer.value
        case .all: try await all.value
        case .extensions: try await extensions.value
        }
    }

    /// A control plane for one suite that installs, upgrades or removes what all others rely on.
    ///
    /// Every request of Aerie's account is written to `audit.log` in its ``directory``, and owner references that block
    /// deletion are held to the rights on the owner's finalizers, as some distributions do.
    package static func audited() async throws -> ControlPlane { try await ControlPlane(.all, isAudited: true) }

    /// A control plane that no other test uses, for tests that change what all would see.
    package static func separate(_ parts: Parts = .apiServer) async throws -> ControlPlane {
        try await ControlPlane(parts)
    }

    /// Makes a namespace that no other test uses, and returns its name.
    public func namespace(_ prefix: String = "test") async throws -> String {
        let number = nextNamespace.withLock { next in
            next += 1
            return next
        }
        let name = "\(prefix)-\(number)"
        let resource = Resource(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
        try await client.create(Manifest(Reference(resource, name: name), [:]))
        return name
    }

    /// Kills the supervisor, with which the kernel kills the rest, and removes the folder.
    package func stop() {
        kill(supervisor, SIGKILL)
        var status: Int32 = 0
        waitpid(supervisor, &status, 0)
        try? FileManager.default.removeItem(atPath: directory)
    }

    private init(_ parts: Parts, isAudited: Bool = false) async throws {
        let environment = ProcessInfo.processInfo.environment
        let binaries = try Self.binaries(parts, environment)
        programs = binaries.kubernetes
        let directory = try Self.temporaryDirectory()
        self.directory = directory
        let ports = try Self.freePorts(5)
        let names = ["API_PORT", "ETCD_PORT", "PEER_PORT", "MANAGER_PORT", "SCHEDULER_PORT"]
        var variables = Dictionary(uniqueKeysWithValues: zip(names, ports.map(String.init)))
        variables["PATH"] = environment["PATH"] ?? "/usr/bin:/bin"
        variables["KUBERNETES_BIN"] = binaries.kubernetes
        variables["ETCD"] = binaries.etcd
        variables["PARTS"] = parts.rawValue
        if isAudited { variables["AUDITED_USER"] = "system:serviceaccount:aerie-system:aerie-controller" }
        let script = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/control-plane.sh"
        let process = try Self.start(script, directory, variables)
        supervisor = process

        let server = "https://127.0.0.1:\(ports[0])"
        configuration = try await Self.until(.seconds(30), directory, process, "make its keys") {
            try? ClientConfiguration(
                server: server,
                tls: TLSOptions(
                    trustRoots: .pem(Self.read("\(directory)/ca.crt")),
                    clientCertificate: .init(
                        chain: Self.read("\(directory)/admin.crt"), privateKey: Self.read("\(directory)/admin.key"))))
        }
        let client = try KubernetesClient(configuration)
        self.client = client
        _ = try await Self.until(.seconds(60), directory, process, "become ready") {
            guard (try? await client.raw("/readyz")) != nil else { return Bool?.none }
            // The server makes this namespace itself, a moment after it is ready.
            guard (try? await client.raw("/api/v1/namespaces/default")) != nil else { return nil }
            guard parts == .all else { return true }
            // The controller manager is at work once it has made this account.
            let account = "/api/v1/namespaces/default/serviceaccounts/default"
            return try? await client.raw(account).isEmpty == false
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        guard bytes.count > 64, bytes.last == 0x0A else { throw Failure(description: "\(path) is not complete") }
        return bytes
    }

    /// Asks until there is an answer; fails with the end of the logs.
    private static func until<Answer>(
        _ limit: Duration, _ directory: String, _ process: pid_t, _ what: String,
        _ ask: () async throws -> Answer?
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline, kill(process, 0) == 0 {
            if let answer = try await ask() { return answer }
            try await Task.sleep(for: .milliseconds(50))
        }
        let logs = ["supervisor", "etcd", "kube-apiserver", "kube-controller-manager", "extensions-server"].map {
            name in
            let text = (try? String(contentsOfFile: "\(directory)/\(name).log", encoding: .utf8)) ?? ""
            return "\(name): \(text.suffix(1_000))"
        }
        throw Failure(description: "the control plane did not \(what).\n\(logs.joined(separator: "\n"))")
    }
}

/// Finding and starting the programs.
extension ControlPlane {
    private static func binaries(
        _ parts: Parts, _ environment: [String: String]
    ) throws -> (kubernetes: String, etcd: String) {
        let cache = environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "")/.cache/aerie"
        if parts == .extensions { return try currentBinaries("\(cache)/extensions-server") }
        let assets = environment["KUBEBUILDER_ASSETS"].flatMap { $0.isEmpty ? nil : $0 }
        let kubernetes = assets ?? "\(cache)/kubernetes/bin"
        let wanted =
            parts == .all
            ? ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] : ["kube-apiserver"]
        for name in wanted where access("\(kubernetes)/\(name)", X_OK) != 0 {
            throw Failure(description: "\(kubernetes)/\(name) is missing; `make setup` builds it")
        }
        let folders = [kubernetes] + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates: [String] = folders.map { "\($0)/etcd" }
        guard let etcd = candidates.first(where: { (path: String) in access(path, X_OK) == 0 }) else {
            throw Failure(description: "etcd is missing; `make setup` installs it (Debian package etcd-server)")
        }
        return (kubernetes, etcd)
    }

    /// What `scripts/setup-extensions-server` has made, or why it could not.
    private static func currentBinaries(_ folder: String) throws -> (kubernetes: String, etcd: String) {
        let programs = "\(folder)/bin"
        for name in ["extensions-server", "etcd", "kubectl"] where access("\(programs)/\(name)", X_OK) != 0 {
            let reason = (try? String(contentsOfFile: "\(folder)/unavailable", encoding: .utf8)) ?? "run `make setup`"
            throw Failure(description: "\(programs)/\(name) is missing: \(reason)")
        }
        return (programs, "\(programs)/etcd")
    }

    private static func temporaryDirectory() throws -> String {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/aerie-control-plane-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "cannot make a folder in \(parent)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Ports that were handed out before; none is handed out twice.
    private static let usedPorts = Mutex<Set<UInt16>>([])

    /// Ports that are free now.
    ///
    /// They lie below the kernel's ephemeral range, where any connection or another test's server could take a port
    /// before the program that it is meant for.
    package static func freePorts(_ count: Int) throws -> [UInt16] {
        try (0..<count).map { _ in
            for _ in 0..<1_000 {
                let port = UInt16.random(in: 10_000..<20_000)
                if usedPorts.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
            }
            throw Failure(description: "no free port on 127.0.0.1")
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Starts the script with a pipe as its input whose other end lives as long as this process.
    private static func start(_ script: String, _ directory: String, _ variables: [String: String]) throws -> pid_t {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw Failure(description: "cannot make a pipe")
        }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "\(directory)/supervisor.log", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A session of its own: Ctrl-C at the tests' terminal must not reach it before the pipe closes.
        let command = ["setsid", "bash", script, directory]
        let arguments = command.map { (text: String) in strdup(text) } + [nil]
        let environment = variables.map { (name: String, value: String) in strdup("\(name)=\(value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var process = pid_t()
        let failure = posix_spawnp(&process, "setsid", &actions, nil, arguments, environment)
        guard failure == 0 else { throw Failure(description: "cannot start \(script): error \(failure)") }
        return process
    }
}
