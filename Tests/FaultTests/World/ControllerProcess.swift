import FoundationEssentials
import Glibc
import KubernetesAPI
import Subprocess
import Synchronization
import SystemPackage
import TestCluster
import TestSupport

/// The program `aerie-controller` as a process of its own, under its own account, started again whenever it ends.
final class ControllerProcess: Sendable {
    private let namespace: String?
    private let kubeconfig: TemporaryFile
    private let program: String
    private let arguments: [String]
    private let environment: [String: String]
    private let current = Mutex<pid_t?>(nil)
    private let starts = Mutex(0)

    /// - Parameters:
    ///   - cluster: Whose account it uses.
    ///   - server: Where it finds the API server.
    ///   - namespace: The only one it looks at; `nil` for all.
    ///   - arguments: Further ones.
    ///   - environment: Added to that of the tests.
    init(
        _ cluster: OperatorCluster, server: String, namespace: String?, arguments: [String] = ["--no-leader-elect"],
        environment: [String: String] = [:]
    ) throws {
        self.namespace = namespace
        self.environment = environment
        self.arguments = arguments
        program = try Tool.program("aerie-controller")
        let authority = try Data(contentsOf: URL(filePath: "\(cluster.server.directory)/ca.crt"))
        let configuration: JSONValue = [
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [
                [
                    "name": "test",
                    "cluster": [
                        "server": .string(server),
                        "certificate-authority-data": .string(authority.base64EncodedString()),
                    ],
                ]
            ],
            "users": [["name": "test", "user": ["token": .string(cluster.token)]]],
            "contexts": [["name": "test", "context": ["cluster": "test", "user": "test"]]],
        ]
        kubeconfig = try TemporaryFile(configuration.description)
    }

    /// How often it was started.
    var lives: Int { starts.withLock { $0 } }

    /// Keeps the program running until the task is cancelled, which kills it.
    func run() async throws {
        var command = ["run", "--kubeconfig", kubeconfig.path, "--health-port", "0", "--log-level", "error"]
        if let namespace { command += ["--namespace", namespace] }
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        while !Task.isCancelled {
            // Killed, like everything else that happens to it here, is no failure of the test.
            _ = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(command + arguments),
                environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)), input: .none,
                output: .discarded, error: .discarded
            ) { execution in
                starts.withLock { $0 += 1 }
                current.withLock { $0 = execution.processIdentifier.value }
            }
            current.withLock { $0 = nil }
        }
    }

    /// Ends the process as a machine that loses power would.
    func kill() async {
        while !Task.isCancelled {
            let sent = current.withLock { process in
                defer { process = nil }
                return process.map { Glibc.kill($0, SIGKILL) }
            }
            if sent != nil { return }
            await Task.yield()
        }
    }
}
