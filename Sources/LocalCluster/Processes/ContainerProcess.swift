import Glibc
package import KubernetesAPI
import Subprocess
import Synchronization
import SystemPackage

/// The processes of one run of a container, from start to end.
package final class ContainerProcess: Sendable {
    private struct State {
        /// The outermost process of the sandbox; its end ends everything inside.
        var sandbox: ProcessIdentity?
        var isStopRequested = false
    }
    private let state = Mutex(State())

    package init() {}

    /// Runs the command and writes what it prints to the log; returns its exit code, 128 + signal when killed.
    ///
    /// Cancelling the task kills the sandbox. Throws when the command cannot be started at all, and
    /// `CancellationError` when ``stop(gracePeriod:)`` came before the start.
    package func run(
        _ command: [String], environment: [String: String], log: ContainerLog,
        now: @Sendable () -> MicroTime, started: @Sendable () -> Void
    ) async throws -> Int {
        guard !state.withLock(\.isStopRequested), let program = command.first else { throw CancellationError() }
        var options = PlatformOptions()
        options.createSession = true
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(Array(command.dropFirst())),
            environment: .exactly(environment),
            platformOptions: options, input: .none, output: .sequence, error: .combinedWithOutput
        ) { execution in
            // A program may have ended by now; it has been started all the same.
            let process = ProcessIdentity(pid: execution.processIdentifier.value)
            let stopsAtOnce = state.withLock { state in
                state.sandbox = process
                return state.isStopRequested
            }
            started()
            if stopsAtOnce { process?.send(SIGKILL) }
            for try await buffer in execution.standardOutput {
                log.append(buffer.withUnsafeBytes { Array($0) }, now: now())
            }
        }
        state.withLock { $0.sandbox = nil }
        return switch result.terminationStatus {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }

    /// Asks the container's processes to end and kills them when they still run after the grace period.
    package func stop(gracePeriod: Duration) async {
        let sandbox = state.withLock { state in
            state.isStopRequested = true
            return state.sandbox
        }
        guard let sandbox else { return }
        let deadline = ContinuousClock.now + gracePeriod
        var isAsked = gracePeriod <= .zero
        while ContinuousClock.now < deadline, sandbox.isAlive {
            // The sandbox's first process leads the group, but only a moment after the start.
            if !isAsked, let leader = Self.groupLeader(of: sandbox) { isAsked = kill(-leader, SIGTERM) == 0 }
            do {
                try await Task.sleep(for: isAsked ? .milliseconds(25) : .milliseconds(5))
            } catch {
                return
            }
        }
        sandbox.send(SIGKILL)
    }

    /// A process inside the sandbox, to enter its namespaces; `nil` while there is none.
    package var innerProcess: Int32? {
        guard let sandbox = state.withLock(\.sandbox), let leader = Self.groupLeader(of: sandbox) else { return nil }
        return ProcessTable.children(of: leader).first
    }

    /// The first process inside the sandbox, once it leads a process group of its own.
    ///
    /// As the init process of its pid namespace it ignores the signals that its group gets, except SIGKILL.
    private static func groupLeader(of sandbox: ProcessIdentity) -> Int32? {
        guard let first = ProcessTable.children(of: sandbox.pid).first, getpgid(first) == first else { return nil }
        return first
    }
}
