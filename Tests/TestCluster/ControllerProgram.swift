import FoundationEssentials
import Glibc
import Subprocess
import Synchronization
import SystemPackage
package import TestSupport

/// The program `aerie-controller` as a process of its own, with the rights of its account and nothing else.
///
/// It is killed when the task that runs it is cancelled, and by the kernel when the tests end without that.
package final class ControllerProgram: Sendable {
    /// What went wrong, with what the program said last.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private struct State {
        var process: pid_t?
        var starts = 0
        var exitCode: Int32?
    }

    private let command: [String]
    private let environment: [String: String]
    private let kubeconfig: TemporaryFile
    private let log: TemporaryFile
    private let state = Mutex(State())

    /// - Parameters:
    ///   - server: Where it acts.
    ///   - token: Who it is.
    ///   - proxy: Where it finds the API server, when something lies in between.
    ///   - arguments: Of the command `run`. Nobody asks for its health unless they name a port.
    ///   - environment: Added to that of the tests.
    package init(
        on server: ControlPlane, token: String, behind proxy: String? = nil, _ arguments: [String],
        environment: [String: String] = [:]
    ) throws {
        kubeconfig = try server.kubeconfig(token: token, server: proxy)
        log = try TemporaryFile()
        let health = arguments.contains("--health-port") ? [] : ["--health-port", "0"]
        command =
            ["--pdeathsig", "KILL", "--", try Tool.program("aerie-controller"), "run"]
            + ["--kubeconfig", kubeconfig.path] + health + arguments
        self.environment = environment
    }

    /// What it has logged, in all its lives.
    package var output: String { (try? String(contentsOfFile: log.path, encoding: .utf8)) ?? "" }

    /// Its process, while there is one.
    package var process: Int32? { state.withLock { $0.process } }

    /// How often it was started.
    package var starts: Int { state.withLock { $0.starts } }

    /// Runs it to its end.
    package func run() async throws {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let file = try FileDescriptor.open(FilePath(log.path), .writeOnly, options: .append)
        let outcome = try await Subprocess.run(
            .name("setpriv"), arguments: Arguments(command),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)), input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: false),
            error: .fileDescriptor(file, closeAfterSpawningProcess: true)
        ) { execution in
            state.withLock { state in
                state.process = execution.processIdentifier.value
                state.starts += 1
            }
        }
        state.withLock { state in
            state.process = nil
            state.exitCode =
                switch outcome.terminationStatus {
                case .exited(let code): code
                case .signaled(let signal): 128 + signal
                }
        }
    }

    /// Starts it again whenever it ends, until the task is cancelled.
    package func runAgainAndAgain() async throws {
        while !Task.isCancelled { try await run() }
    }

    /// Runs it while `body` runs.
    ///
    /// - Throws: What `body` throws, with the end of the log; ``Failure`` also when the program ends by itself.
    package func run<Result: Sendable>(
        while body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    try await self.run()
                    guard Task.isCancelled else { throw Failure(description: "the controller ended by itself") }
                    return nil
                }
                group.addTask { try await body() }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        } catch {
            throw Failure(description: "\(error)\nthe controller's log ends with:\n\(output.suffix(2_000))")
        }
    }

    /// Waits until it has ended.
    ///
    /// - Returns: The exit code; 128 and the signal's number when a signal ended it.
    package func end() async throws -> Int32 {
        try await eventually("the controller ends") { state.withLock { $0.exitCode } }
    }

    /// Sends a signal to the process, once it was started.
    package func send(_ signal: Int32) async throws {
        try await eventually("a controller is there to be told") {
            state.withLock { state in state.process.map { Glibc.kill($0, signal) == 0 } } == true ? true : nil
        }
    }

    /// Ends the process, as a machine that loses power would; waits for one that is about to be started.
    package func kill() async {
        while !Task.isCancelled {
            let sent = state.withLock { state in
                defer { state.process = nil }
                return state.process.map { Glibc.kill($0, SIGKILL) }
            }
            if sent != nil { return }
            await Task.yield()
        }
    }
}

extension ControllerProgram {
    /// A controller under the account of a cluster.
    ///
    /// - Parameters:
    ///   - cluster: Where it acts.
    ///   - identity: Names the process in events and in the lease.
    ///   - arguments: Of the command `run`.
    package convenience init(_ cluster: OperatorCluster, identity: String, _ arguments: String...) throws {
        try self.init(on: cluster.server, token: cluster.token, arguments, environment: ["POD_NAME": identity])
    }
}
