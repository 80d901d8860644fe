import Synchronization
import TestCluster

/// Holds the trials of a life back: their pods run, and end only once it is open.
final class Gate: Sendable {
    private let state = Mutex(false)

    var isOpen: Bool { state.withLock { $0 } }

    func open() { state.withLock { $0 = true } }

    func holding(_ life: Life) -> Life {
        var life = life
        let script = life.script
        life.script = { scene in self.isOpen ? script(scene) : .runs }
        return life
    }
}
