import AerieAPI
import ControllerRuntime
import Decisions
import KubernetesAPI
import Synchronization

/// What the operator knows of PodGroups: nothing, unless it was told of a scheduler that uses them.
///
/// Their kinds are not installed everywhere, and the rights to them are granted apart.
struct GangStores: Sendable {
    let scheduler: GangScheduler?
    let volcano = Store<VolcanoPodGroup>()
    let schedulerPlugins = Store<SchedulerPluginsPodGroup>()
    let priorityClasses = Store<PriorityClass>()
    private let values = PriorityValues()

    init(_ scheduler: GangScheduler?) {
        self.scheduler = scheduler
        priorityClasses.onChange { [values, priorityClasses] _ in values.read(priorityClasses) }
    }

    var isSynced: Bool {
        switch scheduler {
        case nil: true
        case .volcano: volcano.isSynced && priorityClasses.isSynced
        case .schedulerPlugins: schedulerPlugins.isSynced && priorityClasses.isSynced
        }
    }

    /// The group of a job, which has the job's name.
    func podGroup(_ key: ObjectKey) -> (any PodGroup)? {
        switch scheduler {
        case nil: nil
        case .volcano: volcano[key]
        case .schedulerPlugins: schedulerPlugins[key]
        }
    }

    /// Values of priority classes by name.
    var priorities: [String: Int] { values.byName }

    /// Calls `listener` with the job of every group that comes, changes or goes.
    func onChange(_ listener: @escaping @Sendable (ObjectKey) -> Void) {
        volcano.onChange { listener($0.metadata.key) }
        schedulerPlugins.onChange { listener($0.metadata.key) }
    }

    func add(to stores: inout WriteThrough) {
        stores.add(volcano)
        stores.add(schedulerPlugins)
    }
}

/// The values of priority classes, made anew only when one of these changes.
private final class PriorityValues: Sendable {
    private let values = Mutex<[String: Int]>([:])

    var byName: [String: Int] { values.withLock { $0 } }

    /// Reads under the lock, so that of two changes at once the later one stays.
    func read(_ store: Store<PriorityClass>) {
        values.withLock { values in
            values = Dictionary(store.all.map { ($0.metadata.name, $0.value) }) { first, _ in first }
        }
    }
}
