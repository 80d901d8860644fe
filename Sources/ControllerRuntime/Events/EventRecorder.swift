public import KubernetesAPI
public import KubernetesClient
public import Logging
public import ServiceLifecycle
import Synchronization

/// Writes events as `v1` Event objects, in the background.
///
/// Recording never waits for the server and never fails: while the server is slow or does not answer up to 10,000 events are
/// kept and the newest are dropped. On graceful shutdown what is kept is sent first, as long as the server takes it.
///
/// Telling people comes after the work that it tells of: see ``giveWay(to:)``.
public final class EventRecorder: EventSink, ServiceLifecycle.Service {
    private struct Item: Sendable {
        var event: Plan.Event
        var object: InvolvedObject
        var now: MicroTime
        /// When it was recorded.
        var moment = ContinuousClock.now
    }

    /// No event waits longer for work than this.
    private static let patience = Duration.seconds(3)

    private let client: KubernetesClient
    private let component: String
    private let instance: String
    private let now: @Sendable () -> MicroTime
    private let logger: Logger
    private let metrics: RuntimeMetrics?
    private let items: AsyncStream<Item>
    private let input: AsyncStream<Item>.Continuation
    private let correlator = Mutex(EventCorrelator())
    private let isEnding = Mutex(false)
    private let isBusy = Mutex<@Sendable () -> Bool>({ false })

    /// Makes a recorder that sends nothing until it runs.
    ///
    /// - Parameters:
    ///   - client: Writes the events.
    ///   - component: The program, shown by `kubectl describe` under From.
    ///   - instance: The process, such as the pod's name.
    ///   - now: The wall clock.
    ///   - logger: Told of events that could not be written.
    ///   - metrics: Count what became of the events.
    public init(
        client: KubernetesClient, component: String, instance: String, now: @escaping @Sendable () -> MicroTime,
        logger: Logger, metrics: RuntimeMetrics? = nil
    ) {
        self.metrics = metrics
        self.client = client
        self.component = component
        self.instance = instance
        self.now = now
        self.logger = logger
        (items, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(10_000))
    }

    /// Sends events only while `isBusy` is false, or after a few seconds; for wiring, before anything runs.
    public func giveWay(to isBusy: @escaping @Sendable () -> Bool) { self.isBusy.withLock { $0 = isBusy } }

    public func record(_ event: Plan.Event, about object: InvolvedObject) {
        // Which action of its plan an event was about is no part of what is told.
        let told = Plan.Event(event.type, reason: event.reason, message: event.message)
        let result = input.yield(Item(event: told, object: object, now: now()))
        if case .dropped = result { metrics?.told(.dropped) }
    }

    public func run() async {
        await withGracefulShutdownHandler {
            for await item in items {
                await waitForWork(item)
                let isSent = await send(item)
                // A server that does not answer must not hold up the end of the process.
                if !isSent, isEnding.withLock({ $0 }) { return }
            }
        } onGracefulShutdown: {
            self.isEnding.withLock { $0 = true }
            self.input.finish()
        }
    }

    /// Returns once nothing is more urgent than an event, or when the event has waited for long enough.
    private func waitForWork(_ item: Item) async {
        let isBusy = isBusy.withLock { $0 }
        let end = item.moment + Self.patience
        while isBusy(), .now < end, !Task.isCancelled, !isEnding.withLock({ $0 }) {
            try? await Task.sleep(for: .milliseconds(25))
        }
    }

    /// Returns whether the server took the event or it was dropped on purpose.
    private func send(_ item: Item) async -> Bool {
        let outcome = correlator.withLock {
            $0.outcome(of: item.event, about: item.object, at: .now, now: item.now)
        }
        do throws(KubernetesError) {
            switch outcome {
            case .drop:
                logger.debug("an event was dropped", metadata: metadata(item))
                metrics?.told(.dropped)
            case .create(let name):
                // Nobody needs what the server says to it.
                _ = try await client.answer(to: .create(manifest(item, name: name)))
                metrics?.told(.created)
            case .count(let name, let count):
                try await add(item, name: name, count: count)
                metrics?.told(.counted)
            }
            return true
        } catch {
            var metadata = metadata(item)
            metadata["error"] = "\(error)"
            logger.debug("an event could not be written", metadata: metadata)
            metrics?.told(.failed)
            return false
        }
    }

    private func add(_ item: Item, name: String, count: Int) async throws(KubernetesError) {
        do throws(KubernetesError) {
            let reference = Reference(Self.resource, namespace: Self.namespace(of: item.object), name: name)
            try await client.patch(
                reference, ["count": JSONValue(count), "lastTimestamp": .string(item.now.time.description)])
        } catch  where error.reason == .notFound {
            // The server forgets events after an hour or so: begin a new one.
            let outcome = correlator.withLock { correlator in
                correlator.forget(item.event, about: item.object)
                return correlator.outcome(of: item.event, about: item.object, at: .now, now: item.now)
            }
            guard case .create(let name) = outcome else { return }
            try await client.create(manifest(item, name: name))
        }
    }

    private static let resource = Resource(group: "", version: "v1", kind: "Event", plural: "events")

    /// Events about cluster-scoped objects live in `default`, where `kubectl describe` looks for them.
    private static func namespace(of object: InvolvedObject) -> String {
        object.reference.key.namespace.isEmpty ? "default" : object.reference.key.namespace
    }

    private func manifest(_ item: Item, name: String) -> Manifest {
        let resource = item.object.reference.resource
        let key = item.object.reference.key
        let time = JSONValue.string(item.now.time.description)
        var involved: JSONValue = [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "name": .string(key.name),
            "uid": .string(item.object.uid), "resourceVersion": .string(item.object.resourceVersion),
        ]
        if !key.namespace.isEmpty { involved["namespace"] = .string(key.namespace) }
        let body: JSONValue = [
            "involvedObject": involved, "type": .string(item.event.type.rawValue),
            "reason": .string(item.event.reason), "message": .string(Self.shortened(item.event.message)),
            "source": ["component": .string(component)], "reportingComponent": .string(component),
            "reportingInstance": .string(instance), "count": 1, "firstTimestamp": time, "lastTimestamp": time,
        ]
        return Manifest(Reference(Self.resource, namespace: Self.namespace(of: item.object), name: name), body)
    }

    /// The server takes at most 1,024 bytes.
    private static func shortened(_ message: String) -> String {
        guard message.utf8.count > 1_024 else { return message }
        var text = message.unicodeScalars[...]
        while String(text).utf8.count > 1_021 { text = text.dropLast(max(1, (String(text).utf8.count - 1_021) / 4)) }
        return String(text) + "…"
    }

    private func metadata(_ item: Item) -> Logger.Metadata {
        ["object": "\(item.object.reference)", "reason": "\(item.event.reason)", "message": "\(item.event.message)"]
    }
}
