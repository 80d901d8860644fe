import ControllerRuntime
import KubernetesAPI
import Synchronization
import TestRandom
import Testing

@Suite(.timeLimit(.minutes(10))) struct StoreTests {
    private func contents(_ objects: ConfigMap..., version: Int = 1) -> StoreContents<ConfigMap> {
        var contents = StoreContents<ConfigMap> { $0.metadata.controller?.uid }
        _ = contents.replace(with: objects, version: "\(version)")
        return contents
    }

    private func expect(
        _ object: ConfigMap, isNews: Bool, to store: inout StoreContents<ConfigMap>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let answer = store.apply(object)
        #expect(answer == isNews, sourceLocation: sourceLocation)
    }

    @Test func `an older version never replaces a newer one`() {
        var store = contents(ConfigMap("a", version: 9), version: 9)
        expect(ConfigMap("a", version: 8), isNews: false, to: &store)
        expect(ConfigMap("a", version: 9), isNews: false, to: &store)
        expect(ConfigMap("a", version: 10), isNews: true, to: &store)
        #expect(store[ObjectKey("a")]?.metadata.resourceVersion == "10")
    }

    @Test func `versions compare as numbers`() {
        var store = contents(ConfigMap("a", version: 99), version: 99)
        expect(ConfigMap("a", version: 100), isNews: true, to: &store)
    }

    @Test func `a list replaces everything but what is newer than the list`() {
        var store = contents(ConfigMap("old", version: 3), ConfigMap("kept", version: 4), version: 5)
        expect(ConfigMap("ours", version: 12), isNews: true, to: &store)
        let changed = store.replace(with: [ConfigMap("kept", version: 4), ConfigMap("new", version: 7)], version: "10")
        #expect(changed == [ObjectKey("old"), ObjectKey("new")])
        #expect(Set(store.all.map(\.metadata.name)) == ["kept", "new", "ours"])
    }

    @Test func `an object that we deleted does not come back through a late event or list`() {
        var store = contents(ConfigMap("a", version: 3))
        store.markDeleted(ObjectKey("a"), uid: "uid-a")
        expect(ConfigMap("a", version: 4), isNews: false, to: &store)
        let changed = store.replace(with: [ConfigMap("a", version: 4)], version: "5")
        #expect(changed.isEmpty)
        expect(ConfigMap("a", version: 6, uid: "another"), isNews: true, to: &store)
    }

    @Test func `an answer that was overtaken by the watch does not bring an object back`() {
        var store = contents(ConfigMap("a", version: 3))
        store.remove(ConfigMap("a", version: 8))
        expect(ConfigMap("a", version: 7), isNews: false, to: &store)
        #expect(store.count == 0)
    }

    @Test func `an answer that was overtaken by a list does not bring an object back`() {
        var store = contents(ConfigMap("a", version: 3), version: 5)
        _ = store.replace(with: [], version: "10")
        expect(ConfigMap("a", version: 9), isNews: false, to: &store)
        expect(ConfigMap("a", version: 11), isNews: true, to: &store)
    }

    @Test func `an object that left the selection may come back`() {
        var store = contents(ConfigMap("a", version: 3))
        store.remove(ConfigMap("a", version: 8))
        expect(ConfigMap("a", version: 9), isNews: true, to: &store)
    }

    @Test func `news of an old object's end does not remove the new object of that name`() {
        var store = contents(ConfigMap("a", version: 3, uid: "first"))
        expect(ConfigMap("a", version: 9, uid: "second"), isNews: true, to: &store)
        store.remove(ConfigMap("a", version: 8, uid: "first"))
        store.markDeleted(ObjectKey("a"), uid: "first")
        #expect(store[ObjectKey("a")]?.metadata.uid == "second")
    }

    @Test func `groups follow the objects`() {
        var store = contents(ConfigMap("b", owner: "x"), ConfigMap("a", owner: "x"), ConfigMap("c", owner: "y"))
        #expect(store.group("x").map(\.metadata.name) == ["a", "b"])
        expect(ConfigMap("a", version: 2, owner: "y"), isNews: true, to: &store)
        store.remove(ConfigMap("c", version: 3, owner: "y"))
        #expect(store.group("x").map(\.metadata.name) == ["b"])
        #expect(store.group("y").map(\.metadata.name) == ["a"])
        #expect(store.group("z").isEmpty)
    }

    /// A server changes objects; a store hears of it by a watch, by late answers to writes, and by lists.
    @Test(arguments: 0..<200) func `in whatever order news comes, the store ends equal to the server`(seed: UInt64) {
        enum News {
            case changed(ConfigMap)
            case gone(ConfigMap)
        }
        var random = SeededGenerator(seed: seed)
        var server: [String: ConfigMap] = [:]
        var watch: [News] = []
        var answers: [ConfigMap] = []
        var store = StoreContents<ConfigMap> { _ in nil }
        var version = 1
        _ = store.replace(with: [], version: "1")
        for _ in 0..<300 {
            let name = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1, 2:
                version += 1
                let object = ConfigMap(name, version: version, uid: server[name]?.metadata.uid ?? "\(name)-\(version)")
                server[name] = object
                watch.append(.changed(object))
                answers.append(object)
            case 3:
                guard let object = server.removeValue(forKey: name) else { continue }
                version += 1
                watch.append(.gone(ConfigMap(name, version: version, uid: object.metadata.uid)))
                if Bool.random(using: &random) { store.markDeleted(ObjectKey(name), uid: object.metadata.uid) }
            case 4:
                // A late answer, in any order.
                guard let index = answers.indices.randomElement(using: &random) else { continue }
                _ = store.apply(answers.remove(at: index))
            case 5 where Int.random(in: 0..<5, using: &random) == 0:
                watch = []
                _ = store.replace(with: Array(server.values), version: "\(version)")
            default:
                guard !watch.isEmpty else { continue }
                switch watch.removeFirst() {
                case .changed(let object): _ = store.apply(object)
                case .gone(let object): store.remove(object)
                }
            }
        }
        for news in watch {
            switch news {
            case .changed(let object): _ = store.apply(object)
            case .gone(let object): store.remove(object)
            }
        }
        for answer in answers.shuffled(using: &random) { _ = store.apply(answer) }
        #expect(Set(store.all) == Set(server.values))
    }

    @Test func `listeners hear of what comes, changes and goes`() {
        let store = Store<ConfigMap>()
        let heard = Mutex<[String]>([])
        store.onChange { object in heard.withLock { $0.append(object.metadata.name) } }
        store.replace(with: [ConfigMap("a"), ConfigMap("b")], version: "1")
        store.apply(ConfigMap("a", version: 1))
        store.apply(ConfigMap("a", version: 2))
        store.remove(ConfigMap("b", version: 3))
        store.replace(with: [], version: "9")
        #expect(heard.withLock { $0.sorted() } == ["a", "a", "a", "b", "b"])
    }

    @Test func `waiting ends with the first whole list`() async {
        let store = Store<ConfigMap>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await store.waitUntilSynced() } }
            #expect(!store.isSynced)
            store.replace(with: [], version: "1")
        }
        #expect(store.isSynced)
    }

    @Test func `waiting ends when cancelled`() async {
        let store = Store<ConfigMap>()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await store.waitUntilSynced() }
            group.cancelAll()
        }
        #expect(!store.isSynced)
    }

    @Test func `an object in several groups is found in each, until it changes or goes`() {
        var store = StoreContents<ConfigMap>(inGroups: { map in (map.data ?? [:]).values.sorted() })
        _ = store.apply(ConfigMap("a", version: 2, data: ["x": "red", "y": "round"]))
        _ = store.apply(ConfigMap("b", version: 3, data: ["x": "red"]))
        #expect(store.group("red").map(\.metadata.name) == ["a", "b"])
        #expect(store.group("round").map(\.metadata.name) == ["a"])
        _ = store.apply(ConfigMap("a", version: 4, data: ["x": "blue"]))
        #expect(store.group("red").map(\.metadata.name) == ["b"])
        #expect(store.group("round").isEmpty)
        #expect(store.group("blue").map(\.metadata.name) == ["a"])
        store.remove(ConfigMap("a", version: 5, data: ["x": "blue"]))
        #expect(store.group("blue").isEmpty)
    }
}
