/// One run of a container that the node agent knows of, for logs, signals and probes.
final class ContainerRun: Sendable {
    let attempt: Int
    let process = ContainerProcess()
    private let ended = Flag()

    init(attempt: Int) { self.attempt = attempt }

    /// Whether more may come into its log.
    var isRunning: Bool { !ended.isSet }

    func markEnded() { ended.set() }
}
