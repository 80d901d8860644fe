public import KubernetesAPI
public import KubernetesClient

/// What is known of the objects of one kind: the newest version of each that was seen, from whatever source.
///
/// Sources are pages of a list, watch events, and the server's answers to our own writes. The last make a reconciler see
/// its own writes at once, so that it never acts on a world that it has changed already. Sources may overtake each other;
/// the rules that keep the newest are:
/// - an older `resourceVersion` never replaces a newer one;
/// - a list replaces everything but what is newer than the list itself;
/// - an object that went does not come back through late news of its uid, neither an answer that was overtaken by the
///   watch nor an event that was overtaken by our own delete.
///
/// Resource versions are compared as numbers, as Kubernetes allows since 1.35 and as every etcd-backed server has always
/// given them.
public struct StoreContents<Object: KubernetesObject>: Sendable {
    /// By what objects are grouped for look-up, such as the uid of the object that owns them.
    public typealias Grouping = @Sendable (Object) -> String?

    private var objects: [ObjectKey: Object] = [:]
    private var groups: [String: Set<ObjectKey>] = [:]
    private var departed = DepartedObjects()
    /// The version of the last list: what is not in the store and not newer than this is gone.
    private var listVersion = ""
    private let grouping: @Sendable (Object) -> [String]

    public init(groupedBy grouping: @escaping Grouping) {
        self.init(inGroups: { object in grouping(object).map { [$0] } ?? [] })
    }

    /// - Parameter grouping: The names of all groups that an object is in.
    public init(inGroups grouping: @escaping @Sendable (Object) -> [String]) { self.grouping = grouping }

    public subscript(_ key: ObjectKey) -> Object? { objects[key] }

    public var all: [Object] { Array(objects.values) }
    public var count: Int { objects.count }

    /// The objects of a group, sorted by namespace and name.
    public func group(_ name: String) -> [Object] { (groups[name] ?? []).sorted().compactMap { objects[$0] } }

    /// Whether this version of an object is here, or a newer one.
    public func knows(_ version: ObjectVersion) -> Bool {
        guard let known = objects[version.key], known.metadata.uid == version.uid else { return false }
        return !isNewer(version.resourceVersion, than: known.metadata.resourceVersion)
    }

    /// Takes in an added or changed object; returns whether it is news.
    public mutating func apply(_ object: Object) -> Bool {
        let metadata = object.metadata
        guard !departed.contains(metadata) else { return false }
        if let known = objects[metadata.key] {
            guard isNewer(metadata.resourceVersion, than: known.metadata.resourceVersion) else { return false }
            forget(known)
        } else if !isNewer(metadata.resourceVersion, than: listVersion) {
            return false
        }
        insert(object)
        return true
    }

    /// Takes in that the watch saw an object go, or no longer match the selection.
    public mutating func remove(_ object: Object) {
        departed.insert(object.metadata.uid, at: object.metadata.resourceVersion)
        guard let known = objects[object.metadata.key], known.metadata.uid == object.metadata.uid else { return }
        forget(known)
    }

    /// Takes in that we deleted the object with this uid and that it is gone.
    public mutating func markDeleted(_ key: ObjectKey, uid: String) {
        guard let known = objects[key], known.metadata.uid == uid else { return }
        forget(known)
        departed.insert(uid, at: nil)
    }

    /// Takes in a whole list of a certain version; returns the keys of objects that came, changed or went.
    public mutating func replace(with list: [Object], version: String) -> Set<ObjectKey> {
        let listed = Set(list.map(\.metadata.key))
        var changed: Set<ObjectKey> = []
        for known in all where !listed.contains(known.metadata.key) {
            guard !isNewer(known.metadata.resourceVersion, than: version) else { continue }
            forget(known)
            changed.insert(known.metadata.key)
        }
        listVersion = ""
        for object in list where apply(object) { changed.insert(object.metadata.key) }
        listVersion = version
        return changed
    }

    private mutating func insert(_ object: Object) {
        objects[object.metadata.key] = object
        for group in grouping(object) { groups[group, default: []].insert(object.metadata.key) }
    }

    private mutating func forget(_ object: Object) {
        objects[object.metadata.key] = nil
        for group in grouping(object) {
            groups[group]?.remove(object.metadata.key)
            if groups[group]?.isEmpty == true { groups[group] = nil }
        }
    }
}

/// Compares resource versions as numbers; anything is newer than none.
func isNewer(_ version: String, than other: String) -> Bool {
    guard let left = UInt64(version), let right = UInt64(other) else { return version != other }
    return left > right
}
