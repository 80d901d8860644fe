import AerieAPI
import ControllerRuntime
import KubernetesAPI

/// An object whose version a simulated server writes.
protocol VersionedObject: KubernetesObject {
    var metadata: ObjectMeta { get set }
}

extension TFJob: VersionedObject {}
extension Pod: VersionedObject {}
extension Service: VersionedObject {}
extension VolcanoPodGroup: VersionedObject {}

/// The objects of one kind on a server, and all that a watch ever told of them.
struct SimulatedKind<Object: VersionedObject> {
    enum News {
        case changed(Object)
        case gone(Object)
    }

    /// In the order of their creation.
    private(set) var objects: [Object] = []
    private(set) var news: [News] = []

    subscript(_ name: String) -> Object? { objects.first { $0.metadata.name == name } }

    mutating func put(_ object: Object, version: Int) {
        var object = object
        object.metadata.resourceVersion = "\(version)"
        if let index = objects.firstIndex(where: { $0.metadata.name == object.metadata.name }) {
            objects[index] = object
        } else {
            objects.append(object)
        }
        news.append(.changed(object))
    }

    mutating func remove(_ name: String, version: Int) {
        guard let index = objects.firstIndex(where: { $0.metadata.name == name }) else { return }
        var object = objects.remove(at: index)
        object.metadata.resourceVersion = "\(version)"
        news.append(.gone(object))
    }
}

/// What a controller knows of one kind: the real store, filled by a watch that is late.
///
/// News comes in the order in which it happened, some of it more than once, and the answers to the controller's own
/// writes overtake it: what a real informer allows, and nothing else.
struct SimulatedCache<Object: VersionedObject> {
    private static var group: String { "all" }

    private var contents = StoreContents<Object> { _ in Self.group }
    private var position = 0
    /// Whether the watch selects an object.
    private let isWatched: @Sendable (ObjectMeta) -> Bool

    init(_ isWatched: @escaping @Sendable (ObjectMeta) -> Bool = { _ in true }) {
        self.isWatched = isWatched
    }

    /// By name.
    var objects: [Object] { contents.group(Self.group) }

    /// Starts anew with a whole list, as a controller does that was just started.
    mutating func start(with kind: SimulatedKind<Object>, version: Int) {
        contents = StoreContents { _ in Self.group }
        relist(kind, version: version)
    }

    /// Takes in a whole list after a watch that broke.
    mutating func relist(_ kind: SimulatedKind<Object>, version: Int) {
        _ = contents.replace(
            with: kind.objects.filter { isWatched($0.metadata) }, version: "\(version)")
        position = kind.news.count
    }

    /// How much news has not arrived yet.
    func lag(behind kind: SimulatedKind<Object>) -> Int { kind.news.count - position }

    /// Takes in the next news.
    mutating func hear(_ count: Int, of kind: SimulatedKind<Object>) {
        for news in kind.news[position..<(position + count)] { take(news) }
        position += count
    }

    /// Takes in news that came before.
    mutating func hearAgain(_ count: Int, of kind: SimulatedKind<Object>) {
        for news in kind.news[max(0, position - count)..<position] { take(news) }
    }

    private mutating func take(_ news: SimulatedKind<Object>.News) {
        switch news {
        case .changed(let object): learn(object)
        case .gone(let object): if isWatched(object.metadata) { contents.remove(object) }
        }
    }

    /// Takes in what the server answered to a write of the controller's own.
    mutating func learn(_ object: Object) {
        if isWatched(object.metadata) { _ = contents.apply(object) }
    }

    /// Takes in that an object, deleted by the controller, is gone.
    mutating func forget(_ name: String, uid: String) {
        guard let known = objects.first(where: { $0.metadata.name == name }) else { return }
        contents.markDeleted(known.metadata.key, uid: uid)
    }
}
