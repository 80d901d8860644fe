import Synchronization
import TestCluster

/// A script that a test changes while it is played: how far pods may get, all of them or a certain one.
final class Stage: Sendable {
    private struct State {
        var common = PodPlayer.Act.waits
        var byUID: [String: PodPlayer.Act] = [:]
    }

    private let state = Mutex(State())

    func allow(_ act: PodPlayer.Act) { state.withLock { $0.common = act } }
    func allow(_ act: PodPlayer.Act, uid: String) { state.withLock { $0.byUID[uid] = act } }

    var script: PodPlayer.Script {
        { pod in self.state.withLock { $0.byUID[pod.uid] ?? $0.common } }
    }
}
