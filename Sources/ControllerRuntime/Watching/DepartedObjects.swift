import KubernetesAPI

/// The objects that went last, and at which version.
///
/// Bounded: news that is late by more than ``capacity`` departures would not be recognised.
struct DepartedObjects: Sendable {
    static let capacity = 4_096

    /// By uid; no version stands for the end of the object, whatever its versions.
    private var versions: [String: String?] = [:]
    private var ring: [String] = []
    private var next = 0

    /// Remembers that an object went at `version`, or for good.
    mutating func insert(_ uid: String, at version: String?) {
        guard versions.updateValue(version, forKey: uid) == nil else { return }
        guard ring.count == Self.capacity else {
            ring.append(uid)
            return
        }
        versions[ring[next]] = nil
        ring[next] = uid
        next = (next + 1) % Self.capacity
    }

    /// Whether this version of an object is from before it went.
    func contains(_ metadata: ObjectMeta) -> Bool {
        guard let departure = versions[metadata.uid] else { return false }
        return departure.map { !isNewer(metadata.resourceVersion, than: $0) } ?? true
    }
}
