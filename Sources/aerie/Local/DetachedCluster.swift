import FoundationEssentials
import Glibc
import LocalCluster

/// Starts `aerie local up` in the background and waits until it is ready.
struct DetachedCluster {
    let state: StateDirectory

    /// Throws ``LocalClusterError`` with the end of the log when it ends before it is ready.
    func start(arguments: [String]) async throws {
        try state.create()
        guard try await LocalClusterStatus.read(state).processes.isEmpty else {
            throw LocalClusterError("the cluster in \(state) runs already, or is being stopped")
        }
        // A cluster that was killed could not take back that it was ready.
        if FileManager.default.fileExists(atPath: state.readiness) {
            try FileManager.default.removeItem(atPath: state.readiness)
        }
        let log = state.log(of: "up")
        let pid = try spawn(arguments.filter { $0 != "--detach" }, log: log)
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if FileManager.default.fileExists(atPath: state.readiness) { return }
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { throw LocalClusterError(lastWords(log)) }
            try await Task.sleep(for: .milliseconds(50))
        }
        kill(pid, SIGTERM)
        throw LocalClusterError("the cluster was not ready within 120 s; \(lastWords(log))")
    }

    private func lastWords(_ log: String) -> String {
        let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let lines = text.split(separator: "\n").suffix(15).joined(separator: "\n")
        return "the end of \(log):\n\(lines)"
    }

    /// In a session of its own, so that it survives the terminal; its output goes to the log.
    private func spawn(_ arguments: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var words = (["setsid", program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let problem = posix_spawnp(&pid, "setsid", &actions, nil, &words, environ)
        guard problem == 0 else {
            throw LocalClusterError("cannot start in the background: \(String(cString: strerror(problem)))")
        }
        return pid
    }
}
