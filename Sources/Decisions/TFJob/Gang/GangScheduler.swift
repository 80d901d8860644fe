public import KubernetesAPI

/// A scheduler that starts all pods of a job or none, and the PodGroups through which it is told which belong together.
public enum GangScheduler: Hashable, Sendable {
    case volcano
    /// Any scheduler with the coscheduling plugin.
    case schedulerPlugins(name: String)

    /// The scheduler of this name, as upstream's `--gang-scheduler-name` has it: `Volcano` in any case; `nil` for an
    /// empty one.
    public init?(name: String) {
        switch name.lowercased() {
        case "": return nil
        case "volcano": self = .volcano
        default: self = .schedulerPlugins(name: name)
        }
    }

    /// For `schedulerName` of pods.
    public var name: String {
        switch self {
        case .volcano: "volcano"
        case .schedulerPlugins(let name): name
        }
    }

    /// The kind of its PodGroups.
    public var podGroup: Resource {
        switch self {
        case .volcano: VolcanoPodGroup.resource
        case .schedulerPlugins: SchedulerPluginsPodGroup.resource
        }
    }
}
