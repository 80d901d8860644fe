public import KubernetesAPI
public import Logging
public import ServiceLifecycle
import Synchronization

/// Runs a reconciler over the keys of its queue, with several workers, until it is cancelled or shut down gracefully.
///
/// Every child task has ended when ``run()`` returns. A worker that is in the middle of a plan finishes it: plans are
/// short, and one that is cut off is repeated by whoever leads next.
public struct Controller<R: Reconciler>: ServiceLifecycle.Service {
    private let name: String
    private let reconciler: R
    private let queue: KeyQueue
    private let executor: PlanExecutor
    private let workers: Int
    private let metrics: ControllerMetrics
    private let now: @Sendable () -> Time
    private let logger: Logger
    private let failures = LastFailures()
    private let postponements = Postponements()

    public init(
        name: String, reconciler: R, queue: KeyQueue, executor: PlanExecutor, workers: Int = 4,
        metrics: RuntimeMetrics, now: @escaping @Sendable () -> Time, logger: Logger
    ) {
        self.name = name
        self.reconciler = reconciler
        self.queue = queue
        self.executor = executor
        self.workers = workers
        self.metrics = metrics.controller(name, workers: workers)
        self.now = now
        self.logger = logger
    }

    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask { while let key = await nextKey() { await work(on: key) } }
            }
        }
    }

    /// Only waiting is cut off by a graceful shutdown, never work.
    private func nextKey() async -> ObjectKey? {
        guard !Task.isShuttingDownGracefully else { return nil }
        return await cancelWhenGracefulShutdown { await queue.next() }
    }

    private func work(on key: ObjectKey) async {
        metrics.began()
        let began = ContinuousClock.now
        let (requeue, isFailure) = await reconcile(key)
        let took = began.duration(to: .now)
        queue.done(key, requeue: requeue, took: took)
        let result: ControllerMetrics.Result =
            if isFailure { .error } else if requeue == .whenSomethingChanges { .success } else { .requeueAfter }
        metrics.ended(result, took: took)
    }

    private func reconcile(_ key: ObjectKey) async -> (requeue: Requeue, isFailure: Bool) {
        let failure = failures[key]
        guard let (object, observed) = reconciler.observe(key, now: now(), lastFailure: failure) else {
            failures[key] = nil
            postponements.remove(key)
            return (.whenSomethingChanges, false)
        }
        let plan = R.decide(observed)
        // While others wait, a status that nothing depends on is left for the object's next turn, so that all get their
        // children first.
        if plan.order == .statusLast, !plan.actions.isEmpty, queue.isAnyDue, postponements.add(key) {
            return await execute(plan.withoutStatus, of: key, for: object, then: .after(.zero))
        }
        // What only tidies up gives way to verdicts that wait, and to those that are being written.
        if plan.order == .tidying, !plan.actions.isEmpty, queue.isCrowded, postponements.add(key) {
            return await execute(plan.withoutActions, of: key, for: object, then: .tidying)
        }
        postponements.remove(key)
        return await execute(
            plan, of: key, for: object, then: plan.requeueAfter.map(Requeue.after) ?? .whenSomethingChanges)
    }

    private func execute(
        _ plan: Plan, of key: ObjectKey, for object: R.Object, then requeue: Requeue
    ) async -> (requeue: Requeue, isFailure: Bool) {
        do throws(KubernetesError) {
            try await executor.execute(plan, for: object)
            failures[key] = nil
            return (requeue, false)
        } catch {
            return (await handle(error, of: key), true)
        }
    }

    /// A conflict only says that the world moved on; any other failure is kept for the next decision to tell about.
    private func handle(_ error: KubernetesError, of key: ObjectKey) async -> Requeue {
        guard error.reason != .conflict else {
            logger.debug("decided on an old version", metadata: metadata(error, key))
            return .withBackoff
        }
        logger.warning("a plan failed", metadata: metadata(error, key))
        let isNews = failures[key] != error
        failures[key] = error
        if isNews, error.isRefusal { await tell(error, of: key) }
        return Requeue(error)
    }

    /// Lets the object's status say what went wrong, before the wait for the next try begins; nothing is tried here.
    private func tell(_ failure: KubernetesError, of key: ObjectKey) async {
        guard let (object, observed) = reconciler.observe(key, now: now(), lastFailure: failure) else { return }
        do throws(KubernetesError) {
            try await executor.execute(R.decide(observed).withoutActions, for: object)
        } catch {
            // The next try tells it.
            logger.debug("a failure could not be told", metadata: metadata(error, key))
        }
    }

    private func metadata(_ error: KubernetesError, _ key: ObjectKey) -> Logger.Metadata {
        ["controller": "\(name)", "object": "\(key)", "error": "\(error)"]
    }
}

extension KubernetesError {
    /// Whether the server answered, and will most likely answer the same again for a while.
    fileprivate var isRefusal: Bool {
        switch reason {
        case .badRequest, .unauthorized, .forbidden, .notFound, .alreadyExists, .gone, .expired, .invalid,
            .methodNotAllowed, .unsupportedMediaType, .requestEntityTooLarge, .undecodable, .unknown, .internalError:
            true
        case .conflict, .tooManyRequests, .serverTimeout, .serviceUnavailable, .timeout, .unreachable: false
        }
    }
}

/// Why the last plan of a key could not be carried out.
private final class LastFailures: Sendable {
    private let failures = Mutex<[ObjectKey: KubernetesError]>([:])

    subscript(_ key: ObjectKey) -> KubernetesError? {
        get { failures.withLock { $0[key] } }
        set { failures.withLock { $0[key] = newValue } }
    }
}

/// Keys of whose plan a part waits for their next turn: the status, or what tidies up.
private final class Postponements: Sendable {
    private let keys = Mutex<Set<ObjectKey>>([])

    /// Says whether the key may wait; not twice in a row, or a plan that fails again and again would never be told of.
    func add(_ key: ObjectKey) -> Bool { keys.withLock { $0.insert(key).inserted } }

    func remove(_ key: ObjectKey) { keys.withLock { _ = $0.remove(key) } }
}
