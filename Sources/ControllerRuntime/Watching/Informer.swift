public import KubernetesAPI
public import KubernetesClient
public import Logging
public import ServiceLifecycle

/// Keeps a store equal to what the server has: lists once, then watches for changes, for as long as it runs.
///
/// - Guarantees: after a broken watch nothing is missed, since it resumes from the last version seen or lists anew. The
///   store changes all at once at the end of a list.
/// - Caveats: an object that cannot be decoded is counted, logged and told by an event about it; its last good version
///   keeps its place, through lists too, until the object can be read again or is gone.
public struct Informer<Object: KubernetesObject>: ServiceLifecycle.Service, CustomStringConvertible {
    private let client: KubernetesClient
    private let store: Store<Object>
    private let selection: Selection
    private let backoff: Backoff
    private let metrics: RuntimeMetrics
    private let events: (any EventSink)?
    private let logger: Logger

    /// - Parameters:
    ///   - client: Lists and watches.
    ///   - store: Written by this informer alone, and by what writes through it.
    ///   - selection: Which objects.
    ///   - backoff: Between attempts that fail.
    ///   - metrics: Count what goes wrong.
    ///   - events: Told of objects that cannot be read.
    ///   - logger: Told of the same, and of failures.
    public init(
        client: KubernetesClient, store: Store<Object>, selection: Selection = .everything,
        backoff: Backoff = Backoff(base: .milliseconds(200), limit: .seconds(15)), metrics: RuntimeMetrics,
        events: (any EventSink)? = nil, logger: Logger
    ) {
        self.client = client
        self.store = store
        self.selection = selection
        self.backoff = backoff
        self.metrics = metrics
        self.events = events
        self.logger = logger
    }

    /// As it is called in the log of the program's services.
    public var description: String { "the informer of \(Object.resource.plural)" }

    public func run() async {
        metrics.showCache(Object.resource.kind, selector: selection.labelSelector ?? "") { [store] in store.count }
        await cancelWhenGracefulShutdown {
            var progress = Progress()
            while !Task.isCancelled {
                let failure = await step(&progress)
                guard let failure, !Task.isCancelled else { continue }
                await wait(after: failure, &progress)
            }
        }
    }

    /// What one informer remembers between two requests.
    private struct Progress {
        var state = WatchState()
        /// Pages of the list that is being read.
        var pages: [Object] = []
        /// Set once pages were so slow that the server forgot their version.
        var listsAtOnce = false
        var failures = 0
        var random = SystemRandomNumberGenerator()
    }

    /// Does what the state asks for; returns why that failed, if it did.
    private func step(_ progress: inout Progress) async -> KubernetesError? {
        do throws(KubernetesError) {
            switch progress.state.action {
            case .list(let token): try await list(continuing: token, &progress)
            case .watch(let version): try await watch(from: version, &progress)
            }
            return nil
        } catch {
            if error.reason == .expired, case .list(.some) = progress.state.action { progress.listsAtOnce = true }
            progress.state.handle(.failed(error))
            return error
        }
    }

    private func list(continuing token: String?, _ progress: inout Progress) async throws(KubernetesError) {
        if token == nil { progress.pages = [] }
        let page: ObjectList<Object> = try await client.page(
            selection, limit: progress.listsAtOnce ? nil : 500, continueToken: token)
        for object in page.undecodable { await report(object) }
        progress.pages += page.items + page.undecodable.compactMap(lastGoodVersion(of:))
        progress.failures = 0
        if page.continueToken == nil {
            store.replace(with: progress.pages, version: page.resourceVersion)
            (progress.pages, progress.listsAtOnce) = ([], false)
        }
        progress.state.handle(.page(version: page.resourceVersion, continueToken: page.continueToken))
    }

    private func watch(from version: String, _ progress: inout Progress) async throws(KubernetesError) {
        let began = ContinuousClock.now
        var hasEvents = false
        let events = try await client.watch(
            Object.self, selection, resourceVersion: version, isKnown: { [store] in store.knows($0) })
        for try await event in events {
            switch event {
            case .added(let object), .modified(let object): store.apply(object)
            case .deleted(let object): store.remove(object)
            case .undecodable(let object):
                if object.isDeleted { lastGoodVersion(of: object).map(store.remove) } else { await report(object) }
            case .bookmark, .known: break
            }
            progress.state.handle(.version(event.resourceVersion))
            (hasEvents, progress.failures) = (true, 0)
        }
        progress.state.handle(.ended)
        // A server that ends watches as soon as they begin must not be asked in a tight loop.
        guard hasEvents || began.duration(to: .now) > .seconds(1) else {
            throw KubernetesError(.unreachable, "watch \(Object.resource.kind): the server ended it at once")
        }
        progress.failures = 0
    }

    private func wait(after error: KubernetesError, _ progress: inout Progress) async {
        progress.failures += 1
        metrics.informerFailed(Object.resource.kind)
        let delay = error.retryAfter ?? backoff.delay(afterFailures: progress.failures, using: &progress.random)
        // A watch that is cut or has expired is everyday life; failing again is not.
        logger.log(
            level: progress.failures > 1 ? .warning : .debug, "reading objects failed",
            metadata: ["kind": "\(Object.resource.kind)", "error": "\(error)", "retryAfter": "\(delay)"])
        try? await Task.sleep(for: delay)
    }

    private func lastGoodVersion(of object: UndecodableObject) -> Object? {
        store[object.reference.key].flatMap { $0.metadata.uid == object.uid ? $0 : nil }
    }

    private func report(_ object: UndecodableObject) async {
        metrics.undecodable(object.reference.resource.kind)
        logger.error(
            "an object cannot be read; its last good version counts",
            metadata: ["object": "\(object.reference)", "problem": "\(object.problem)"])
        await events?.record(
            Plan.Event(
                .warning, reason: "CannotBeRead",
                message: "aerie cannot read this object, so changes of it have no effect: \(object.problem)"),
            about: InvolvedObject(
                reference: object.reference, uid: object.uid, resourceVersion: object.resourceVersion))
    }
}
