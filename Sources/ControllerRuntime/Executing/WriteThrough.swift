public import KubernetesAPI

/// The stores that learn of our own writes from the server's answers, before the watch tells them.
public struct WriteThrough: Sendable {
    private struct Entry: Sendable {
        var apply: @Sendable (JSONValue) -> Void
        var markDeleted: @Sendable (ObjectKey, String) -> Void
    }

    private var entries: [Resource: Entry] = [:]

    public init() {}

    public mutating func add<Object: KubernetesObject>(_ store: Store<Object>) {
        entries[Object.resource] = Entry(
            apply: { json in
                // What cannot be decoded here comes by the watch too, where it is counted and logged.
                guard let object = try? json.decode(Object.self) else { return }
                store.apply(object)
            },
            markDeleted: { store.markDeleted($0, uid: $1) })
    }

    /// Takes in the server's answer to a create, an apply or an update.
    func applied(_ document: JSONValue, to resource: Resource) { entries[resource]?.apply(document) }

    /// Takes in the server's answer to a delete: the object while it lingers, anything else once it is gone.
    func deleted(_ document: JSONValue, _ reference: Reference, uid: String) {
        let isLingering = document["metadata"]?["deletionTimestamp"]?.stringValue != nil
        let hasGracePeriod = (document["metadata"]?["deletionGracePeriodSeconds"]?.intValue ?? 0) > 0
        let hasFinalizers = !(document["metadata"]?["finalizers"]?.arrayValue ?? []).isEmpty
        if isLingering, hasGracePeriod || hasFinalizers {
            applied(document, to: reference.resource)
        } else {
            entries[reference.resource]?.markDeleted(reference.key, uid)
        }
    }
}
