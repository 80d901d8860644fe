import Glibc

/// A program that a test runs, and may kill.
final class ChildProcess {
    struct Ending: Equatable {
        /// The exit code; 128 and the signal's number for one that a signal ended.
        var code: Int32
        var output: String
        var errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    private let pid: pid_t
    private let folder: TemporaryFolder

    /// Starts a program with exactly these environment variables.
    init(_ program: String, _ arguments: [String], environment: [String: String]) throws {
        folder = try TemporaryFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, name) in [(STDOUT_FILENO, "output"), (STDERR_FILENO, "errors")] {
            posix_spawn_file_actions_addopen(&actions, descriptor, folder[name], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let error = posix_spawn(&child, program, &actions, nil, &argv, &envp)
        guard error == 0 else { throw TestFailure("cannot start \(program): \(String(cString: strerror(error)))") }
        pid = child
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// The processes that it has started and that are still there.
    func children() throws -> [pid_t] {
        try Files.kernelText("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
    }

    /// What it has printed so far.
    func output() throws -> String { try folder.text("output") }

    /// Waits for the end.
    func wait() throws -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw TestFailure("waitpid: \(String(cString: strerror(errno)))") }
        }
        let signal = status & 0x7F
        return Ending(
            code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: try folder.text("output"),
            errors: try folder.text("errors"))
    }
}

struct TestFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
