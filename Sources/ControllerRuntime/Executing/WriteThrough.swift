public import KubernetesAPI
import KubernetesClient

/// The stores that learn of our own writes from the server's answers, before the watch tells them.
///
/// Several stores may hold objects of one kind, each those with a certain label; a write goes to those that would learn of
/// it by their watch.
public struct WriteThrough: Sendable {
    private struct Entry: Sendable {
        var knows: @Sendable (ObjectVersion) -> Bool
        var apply: @Sendable (JSONValue) -> Void
        var markDeleted: @Sendable (ObjectKey, String) -> Void
    }

    private var entries: [Resource: [Entry]] = [:]

    public init() {}

    /// Lets a store learn of writes.
    ///
    /// - Parameters:
    ///   - store: Takes the objects in.
    ///   - isSelected: Whether the store's watch selects an object.
    public mutating func add<Object: KubernetesObject>(
        _ store: Store<Object>, where isSelected: @escaping @Sendable (ObjectMeta) -> Bool = { _ in true }
    ) {
        let entry = Entry(
            knows: { store.knows($0) },
            apply: { json in
                // What cannot be decoded here comes by the watch too, where it is counted and logged.
                guard let object = try? json.withoutAppliedCopy.decode(Object.self), isSelected(object.metadata) else {
                    return
                }
                store.apply(object)
            },
            markDeleted: { store.markDeleted($0, uid: $1) })
        entries[Object.resource, default: []].append(entry)
    }

    /// Takes in the server's answer to a create, an apply or an update, unless the watch was faster.
    ///
    /// - Throws: `Undecodable` for an answer that is no JSON.
    func applied(_ answer: ObjectDocument, to resource: Resource) throws(KubernetesError) {
        let entries = entries[resource] ?? []
        if let version = answer.version, !entries.isEmpty, entries.allSatisfy({ $0.knows(version) }) { return }
        applied(try answer.parsed(), to: resource)
    }

    /// Takes in an object as the server has it.
    func applied(_ document: JSONValue, to resource: Resource) {
        for entry in entries[resource] ?? [] { entry.apply(document) }
    }

    /// Takes in the server's answer to a delete: the object while it lingers, anything else once it is gone.
    func deleted(_ document: JSONValue, _ reference: Reference, uid: String) {
        let isLingering = document["metadata"]?["deletionTimestamp"]?.stringValue != nil
        let hasGracePeriod = (document["metadata"]?["deletionGracePeriodSeconds"]?.intValue ?? 0) > 0
        let hasFinalizers = !(document["metadata"]?["finalizers"]?.arrayValue ?? []).isEmpty
        if isLingering, hasGracePeriod || hasFinalizers {
            applied(document, to: reference.resource)
        } else {
            for entry in entries[reference.resource] ?? [] { entry.markDeleted(reference.key, uid) }
        }
    }
}
