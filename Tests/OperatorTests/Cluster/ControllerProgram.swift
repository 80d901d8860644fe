import FoundationEssentials
import Glibc
import KubernetesAPI
import KubernetesClient
import Subprocess
import Synchronization
import SystemPackage
import TestCluster
import TestSupport
import Testing

/// The program `aerie-controller` as a process of its own, under the controller's account.
final class ControllerProgram: Sendable {
    let healthPort: UInt16
    private let kubeconfig: TemporaryFile
    private let log: TemporaryFile
    private let program: String
    private let arguments: [String]
    private let identity: String
    private let process = Mutex<pid_t?>(nil)
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - cluster: Where it acts.
    ///   - identity: Names the process in events and in the lease.
    ///   - arguments: Besides those that say where the server is.
    init(_ cluster: OperatorCluster, identity: String, _ arguments: String...) throws {
        self.identity = identity
        let port = try ControlPlane.freePorts(1)[0]
        healthPort = port
        program = try Tool.program("aerie-controller")
        let authority = try Data(contentsOf: URL(filePath: "\(cluster.server.directory)/ca.crt"))
        let configuration: JSONValue = [
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [
                [
                    "name": "test",
                    "cluster": [
                        "server": .string(cluster.server.configuration.server),
                        "certificate-authority-data": .string(authority.base64EncodedString()),
                    ],
                ]
            ],
            "users": [["name": "test", "user": ["token": .string(cluster.token)]]],
            "contexts": [["name": "test", "context": ["cluster": "test", "user": "test"]]],
        ]
        kubeconfig = try TemporaryFile(configuration.description)
        log = try TemporaryFile("")
        self.arguments = ["run", "--kubeconfig", kubeconfig.path, "--health-port", "\(port)"] + arguments
    }

    /// What it has logged.
    var output: String { (try? String(contentsOfFile: log.path, encoding: .utf8)) ?? "" }

    /// Runs the program to its end, or kills it when the task is cancelled.
    func run() async throws {
        let file = try FileDescriptor.open(FilePath(log.path), .writeOnly, options: .append)
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments),
            environment: .inherit.updating(["POD_NAME": identity]), input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: false),
            error: .fileDescriptor(file, closeAfterSpawningProcess: true)
        ) { execution in
            process.withLock { $0 = execution.processIdentifier.value }
        }
        process.withLock { $0 = nil }
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        status.withLock { $0 = code }
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: The exit code; 128 and the signal's number when a signal ended it.
    func end() async throws -> Int32 {
        try await eventually("\(identity) ends") { status.withLock { $0 } }
    }

    /// Sends a signal to the process, once it was started.
    func send(_ signal: Int32) async throws {
        let number = try await eventually("\(identity) was started") { process.withLock { $0 } }
        #expect(kill(number, signal) == 0)
    }

    /// What `/metrics` shows.
    func metrics() async throws -> String {
        try await Tool.run("curl", ["--silent", "--fail", "http://127.0.0.1:\(healthPort)/metrics"])
    }
}
