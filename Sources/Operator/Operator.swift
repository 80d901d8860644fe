import AerieAPI
public import ControllerRuntime
public import Decisions
public import KubernetesAPI
public import KubernetesClient
public import Logging
import PrometheusMetrics
public import ServiceLifecycle

/// Which objects the operator reads for which kind, and who is told when one of them changes.
public struct Operator: Sendable {
    public struct Configuration: Sendable {
        /// Watches this namespace only; `nil` for the whole cluster.
        public var namespace: String?
        /// Keys of one kind that are worked on at the same time.
        public var workers: Int
        public var tfJob: TFJobDecision.Configuration
        /// Takes TFJobs over even where the Kubeflow training operator seems to be at work.
        public var adoptsTFJobs: Bool
        /// From one look for the training operator to the next.
        public var coexistencePeriod: Duration

        public init(
            namespace: String? = nil, workers: Int = 4,
            tfJob: TFJobDecision.Configuration = TFJobDecision.Configuration(), adoptsTFJobs: Bool = false,
            coexistencePeriod: Duration = .seconds(10)
        ) {
            self.namespace = namespace
            self.workers = workers
            self.tfJob = tfJob
            self.adoptsTFJobs = adoptsTFJobs
            self.coexistencePeriod = coexistencePeriod
        }
    }

    /// What all controllers and informers share.
    public struct Environment: Sendable {
        public var client: KubernetesClient
        public var events: any EventSink
        public var metrics: RuntimeMetrics
        public var now: @Sendable () -> Time
        public var logger: Logger
        /// Carries plans out; fenced by ``mayWrite`` below whatever it tries again.
        public var writer: KubernetesClient
        /// Whether this process still leads; asked before every write.
        public var mayWrite: @Sendable () -> Bool

        public init(
            client: KubernetesClient, events: any EventSink, metrics: RuntimeMetrics,
            now: @escaping @Sendable () -> Time, logger: Logger, writer: KubernetesClient? = nil,
            mayWrite: @escaping @Sendable () -> Bool = { true }
        ) {
            self.writer = writer ?? client
            self.mayWrite = mayWrite
            self.client = client
            self.events = events
            self.metrics = metrics
            self.now = now
            self.logger = logger
        }
    }

    private let configuration: Configuration
    private let environment: Environment
    private let stores: Stores
    private let queues: Queues
    private let coexistence: TrainingOperatorWatch
    private let isLeading = LeadingFlag()
    private let tfJobMetrics: TFJobMetrics

    public init(_ configuration: Configuration, _ environment: Environment) {
        self.configuration = configuration
        self.environment = environment
        let stores = Stores(gangScheduler: configuration.tfJob.gangScheduler)
        let queues = Queues(metrics: environment.metrics)
        queues.listen(to: stores)
        let coexistence = TrainingOperatorWatch(
            client: environment.client, isAdopting: configuration.adoptsTFJobs,
            period: configuration.coexistencePeriod, logger: environment.logger
        ) {
            for job in stores.tfJobs.all { queues.tfJobs.add(job.metadata.key) }
        }
        (self.stores, self.queues, self.coexistence) = (stores, queues, coexistence)
        let registry = environment.metrics.registry
        tfJobMetrics = TFJobMetrics(
            in: registry,
            firstPodCreated: { stores.tfJobPods.group(TFJob.group($0)).compactMap(\.metadata.creationTimestamp).min() },
            now: environment.now)
        ObjectMetrics.register(in: registry, stores, isLeading: isLeading)
        registry.gauge(
            "aerie_tfjobs_held_back", help: "1 while TFJobs are left to the Kubeflow training operator, by reason.",
            labels: ["reason"]
        ) {
            let hold = coexistence.hold?.reason
            return TFJobHold.Reason.allCases.reduce(into: [:]) { $0[[$1.rawValue]] = $1 == hold ? 1 : 0 }
        }
    }

    /// Whether every store has read a whole list, and it is known whether TFJobs are ours.
    public var isSynced: Bool { stores.isSynced && coexistence.isKnown }

    /// Whether objects wait for the controllers; for what may wait for them, such as telling of what was done.
    public var isBusy: Bool { queues.isBusy }

    /// Keep what is known equal to the server; run by every replica, whether it leads or not.
    public var informers: [any ServiceLifecycle.Service] {
        let (promotion, tfJob) = (Stores.promotionSelector, Stores.tfJobSelector)
        return [
            informer(stores.tfJobs), informer(stores.tfJobPods, labels: tfJob),
            informer(stores.tfJobServices, labels: tfJob), informer(stores.experiments), informer(stores.trials),
            informer(stores.promotions), informer(stores.profiles, isNamespaced: false),
            informer(stores.promotionJobs, labels: promotion), informer(stores.promotionPods, labels: promotion),
            informer(stores.deployments, labels: promotion), informer(stores.promotionServices, labels: promotion),
            coexistence, clock,
        ] + gangInformers(labels: tfJob)
    }

    /// Moments that objects name may be there at once, or hours later, when the clock was set.
    private var clock: WallClockWatch {
        WallClockWatch(now: environment.now, logger: environment.logger) { [queues, stores] in
            queues.addAll(in: stores)
        }
    }

    private func gangInformers(labels: String) -> [any ServiceLifecycle.Service] {
        let priorityClasses = informer(stores.gang.priorityClasses, isNamespaced: false)
        switch stores.gang.scheduler {
        case nil: return []
        case .volcano: return [informer(stores.gang.volcano, labels: labels), priorityClasses]
        case .schedulerPlugins: return [informer(stores.gang.schedulerPlugins, labels: labels), priorityClasses]
        }
    }

    private func informer<Object: KubernetesObject>(
        _ store: Store<Object>, labels: String? = nil, isNamespaced: Bool = true
    ) -> any ServiceLifecycle.Service {
        Informer(
            client: environment.client, store: store,
            selection: Selection(namespace: isNamespaced ? configuration.namespace : nil, labelSelector: labels),
            metrics: environment.metrics, events: environment.events, logger: environment.logger)
    }

    /// Runs all controllers, once the stores are synced, until the task is cancelled or shut down gracefully.
    public func runControllers() async throws {
        try await cancelWhenGracefulShutdown {
            while !isSynced { try await Task.sleep(for: .milliseconds(20)) }
        }
        isLeading.set(true)
        defer { isLeading.set(false) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await controller("tfjob", tfJobs, queues.tfJobs, observer: tfJobMetrics).run() }
            group.addTask { await controller("trial", trials, queues.trials).run() }
            group.addTask { await controller("trainingexperiment", experiments, queues.experiments).run() }
            group.addTask { await controller("modelpromotion", promotions, queues.promotions).run() }
        }
    }

    private var tfJobs: TFJobReconciler {
        TFJobReconciler(stores: stores, configuration: configuration.tfJob, coexistence: coexistence)
    }
    private var trials: TrialReconciler { TrialReconciler(stores: stores) }
    private var experiments: ExperimentReconciler { ExperimentReconciler(stores: stores) }
    private var promotions: PromotionReconciler { PromotionReconciler(stores: stores) }

    private func controller<R: Reconciler>(
        _ name: String, _ reconciler: R, _ queue: KeyQueue, observer: (any WriteObserver)? = nil
    ) -> Controller<R> {
        Controller(
            name: name, reconciler: reconciler, queue: queue,
            executor: PlanExecutor(
                client: environment.writer, events: environment.events, stores: stores.writeThrough,
                observer: observer, mayWrite: environment.mayWrite),
            workers: configuration.workers, metrics: environment.metrics, now: environment.now,
            logger: environment.logger)
    }
}
