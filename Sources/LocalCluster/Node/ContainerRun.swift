import Synchronization

/// One run of a container that the node agent knows of, for logs, signals and probes.
final class ContainerRun: Sendable {
    let attempt: Int
    let process = ContainerProcess()
    private let ended = Flag()
    private let hasBegunStopHook = Mutex(false)
    private let hasEndedStopHook = Flag()
    private let inside = Mutex(Inside())

    /// What the container's own program has, and commands that are run beside it shall have.
    struct Inside {
        var environment: [String: String] = [:]
        var hasUserNamespace = false
    }

    init(attempt: Int) { self.attempt = attempt }

    /// Whether more may come into its log.
    var isRunning: Bool { !ended.isSet }

    func markEnded() { ended.set() }

    /// Before its start: what commands inside the container get.
    func prepare(_ inside: Inside) { self.inside.withLock { $0 = inside } }

    var environment: [String: String] { inside.withLock(\.environment) }

    /// The command line that runs `command` inside the container; `nil` while there is no process.
    func command(_ command: [String], entering program: String) -> [String]? {
        guard let process = process.innerProcess else { return nil }
        var spaces = ["--mount", "--pid", "--ipc", "--uts", "--root", "--wd"]
        if inside.withLock(\.hasUserNamespace) { spaces += ["--user", "--preserve-credentials"] }
        return [program, "--target", String(process)] + spaces + ["--"] + command
    }

    /// Runs `hook` if nobody has yet; otherwise waits until it has ended, for at most `timeout`.
    func stopHook(timeout: Duration, _ hook: () async -> Void) async {
        let isFirst = hasBegunStopHook.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        if isFirst {
            await hook()
            hasEndedStopHook.set()
            return
        }
        let deadline = ContinuousClock.now + timeout
        while !hasEndedStopHook.isSet, isRunning, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(25))) != nil else { return }
        }
    }
}
