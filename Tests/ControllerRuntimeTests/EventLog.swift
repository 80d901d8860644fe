import ControllerRuntime
import KubernetesAPI
import Synchronization

/// Keeps events instead of sending them.
final class EventLog: EventSink {
    private let events = Mutex<[String]>([])

    var reasons: [String] { events.withLock { $0 } }

    func record(_ event: Plan.Event, about object: InvolvedObject) {
        events.withLock { $0.append(event.reason) }
    }
}
