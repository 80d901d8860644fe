import KubernetesAPI

/// The order in which the containers of a pod end, within one grace period.
///
/// First all but the sidecars, together; then the sidecars one after the other, the last one first, so that what depends
/// on a sidecar is gone before it. What is left when the grace period is over ends at once.
///
/// - SeeAlso: `terminationOrdering` in `pkg/kubelet/kuberuntime` of the Kubernetes source.
struct PodTermination: Hashable, Sendable {
    /// One container whose turn it is, with the seconds between its SIGTERM and its SIGKILL.
    struct Turn: Hashable {
        var container: String
        var gracePeriod: Int
    }

    /// Seconds that a sidecar gets although those before it used all of the grace period up.
    static let minimumGracePeriod = 2

    private var deadline: Time
    /// Without a grace period nobody waits for anybody.
    private var isImmediate: Bool
    private var asked: Set<String> = []
    /// Sidecars whose hooks were begun before their turn.
    private var hooked: Set<String> = []

    init(gracePeriod: Int, now: Time) {
        let seconds = ManifestSeconds.bounded(gracePeriod)
        deadline = now.advanced(bySeconds: Int64(seconds))
        isImmediate = seconds == 0
    }

    /// Another grace period was asked for: counts when it ends earlier, and everyone is told again.
    mutating func repeated(gracePeriod: Int, now: Time) {
        let other = PodTermination(gracePeriod: gracePeriod, now: now)
        deadline = min(deadline, other.deadline)
        isImmediate = isImmediate || other.isImmediate
        asked = []
    }

    /// Whose turn it is now and was not before.
    ///
    /// - Parameter active: The containers that have a process or get one, in the order of the manifest.
    mutating func turns(active: [ContainerLifecycle], now: Time) -> [Turn] {
        let left = left(now)
        let others = active.filter { $0.role != .sidecar }
        let sidecars = active.filter { $0.role == .sidecar }
        if isImmediate { return ask(others + sidecars.reversed(), gracePeriod: 0) }
        if !others.isEmpty { return ask(others, gracePeriod: left) }
        let due = left > 0 ? Array(sidecars.suffix(1)) : sidecars.reversed()
        return ask(due, gracePeriod: max(left, Self.minimumGracePeriod))
    }

    /// Sidecars whose `preStop` hook begins now although their turn comes later, with the seconds that the hook has.
    ///
    /// Hooks run from the beginning of the end, as in the kubelet, so that a sidecar can prepare while the others end.
    mutating func hooks(active: [ContainerLifecycle], now: Time) -> [Turn] {
        let left = left(now)
        guard !isImmediate, left > 0 else { return [] }
        return active.filter {
            $0.role == .sidecar && $0.hasStopHook && !asked.contains($0.name) && hooked.insert($0.name).inserted
        }.map { Turn(container: $0.name, gracePeriod: left) }
    }

    private func left(_ now: Time) -> Int { Int(clamping: max(0, deadline.seconds(since: now))) }

    private mutating func ask(_ containers: [ContainerLifecycle], gracePeriod: Int) -> [Turn] {
        containers.filter { asked.insert($0.name).inserted }.map { Turn(container: $0.name, gracePeriod: gracePeriod) }
    }
}
