import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import TestCluster
import TestSupport

/// The programs of a control plane of one's own, to be stopped and started.
struct ServerProcesses: Sendable {
    struct Missing: Error {
        var name: String
    }

    let cluster: OperatorCluster

    /// Runs `body` with a control plane that nobody else uses.
    static func run<Result: Sendable>(_ body: (ServerProcesses) async throws -> Result) async throws -> Result {
        let server = try await ControlPlane.separate(.all)
        defer { server.stop() }
        let cluster = try await OperatorCluster(on: server)
        try await cluster.installDefinitions()
        return try await body(ServerProcesses(cluster: cluster))
    }

    /// Sends a signal to one of the programs.
    func signal(_ signal: Int32, to name: String) throws {
        guard kill(try process(name), signal) == 0 else { throw Missing(name: name) }
    }

    /// Kills the API server and starts it again with the same arguments; it runs until the task is cancelled.
    func runAnotherAPIServer(while isDown: () async throws -> Void = {}) async throws {
        let name = "kube-apiserver"
        let words = try Data(contentsOf: URL(filePath: "/proc/\(try process(name))/cmdline"))
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        try signal(SIGKILL, to: name)
        try await isDown()
        _ = try await Subprocess.run(
            .name("setpriv"), arguments: Arguments(["--pdeathsig", "KILL", "--"] + words),
            workingDirectory: FilePath(cluster.server.directory), output: .discarded, error: .discarded)
    }

    /// Makes etcd forget all versions but the present one, which expires whatever was listed or watched before.
    func compact() async throws {
        let etcd = try Data(contentsOf: URL(filePath: "/proc/\(try process("etcd"))/cmdline"))
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let flag = etcd.firstIndex(of: "--listen-client-urls"), flag + 1 < etcd.count else {
            throw Missing(name: "etcd")
        }
        // Writing tells the present revision, which is where to cut.
        let script = """
            revision=$(curl -sf "$1/v3/kv/put" -d '{"key": "bm9uZQ==", "value": ""}' | jq -r .header.revision)
            curl -sf "$1/v3/kv/compaction" -d "{\\"revision\\": \\"$revision\\", \\"physical\\": true}"
            """
        try await Tool.run("bash", ["-euc", script, "compact", etcd[flag + 1]])
    }

    private func process(_ name: String) throws -> pid_t {
        let text = try String(contentsOfFile: "\(cluster.server.directory)/\(name).pid", encoding: .utf8)
        guard let process = pid_t(text.filter { $0 != "\n" }) else { throw Missing(name: name) }
        return process
    }
}
