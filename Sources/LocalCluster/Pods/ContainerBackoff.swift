/// The delays before a container is started again, doubling as in the kubelet.
package struct ContainerBackoff: Hashable, Sendable {
    /// The delay before the second restart; the first is immediate.
    package var base: Duration
    package var limit: Duration

    package init(base: Duration = .seconds(10), limit: Duration = .seconds(300)) {
        self.base = base
        self.limit = limit
    }

    /// A container that ran at least this long starts counting anew.
    var forgiveness: Duration { limit * 2 }

    /// Before the restart that follows this many crashes in a row (at least one).
    func restartDelay(crashes: Int) -> Duration { crashes <= 1 ? .zero : doubled(crashes - 2) }

    /// Before the next try to create a container after this many failures.
    func creationDelay(failures: Int) -> Duration { doubled(failures) }

    private func doubled(_ times: Int) -> Duration { min(limit, base * (1 << min(times, 20))) }
}
