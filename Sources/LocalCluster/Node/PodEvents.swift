import KubernetesAPI
import KubernetesClient
import Logging
import Synchronization

/// Tells people about a pod: the lines at the end of `kubectl describe pod`.
///
/// Repetitions are counted in one Event object, as the kubelet does. Events are a courtesy: what cannot be sent is
/// dropped.
final class PodEvents: Sendable {
    private struct Sent {
        var name: String
        var count: Int
        var first: Time
    }

    private let pod: ObjectMeta
    private let context: NodeContext
    private let sent = Mutex<[Plan.Event: Sent]>([:])

    init(pod: ObjectMeta, context: NodeContext) {
        self.pod = pod
        self.context = context
    }

    func send(_ event: Plan.Event) async {
        let now = context.now()
        let entry = sent.withLock { sent in
            var entry =
                sent[event]
                ?? Sent(name: "\(pod.name).\(String(now.microseconds, radix: 16))", count: 0, first: now.time)
            entry.count += 1
            sent[event] = entry
            return entry
        }
        let body: JSONValue = [
            "type": .string(event.type.rawValue), "reason": .string(event.reason), "message": .string(event.message),
            "count": JSONValue(entry.count), "firstTimestamp": .string("\(entry.first)"),
            "lastTimestamp": .string("\(now.time)"),
            "source": ["component": "aerie-node", "host": .string(context.name)],
            "involvedObject": [
                "apiVersion": "v1", "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name),
                "uid": .string(pod.uid),
            ],
        ]
        let reference = Reference(.events, namespace: pod.namespace, name: entry.name)
        do {
            if entry.count == 1 {
                try await context.client.create(Manifest(reference, body))
            } else {
                try await context.client.patch(
                    reference, ["count": JSONValue(entry.count), "lastTimestamp": .string("\(now.time)")])
            }
        } catch {
            context.logger.debug("cannot send an event", metadata: ["error": "\(error)"])
        }
    }
}
