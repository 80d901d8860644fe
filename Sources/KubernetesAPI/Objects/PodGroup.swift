/// Pods that start together or not at all, as far as controllers look at it.
///
/// Two schedulers have a kind of this name, each in an API group of its own.
public protocol PodGroup: KubernetesObject {
    var spec: JSONValue? { get }
    var status: PodGroupStatus? { get }
}

/// What a scheduler says about a group.
public struct PodGroupStatus: Codable, Hashable, Sendable {
    /// In the scheduler's words; missing until it has seen the group.
    public var phase: String?
    public var conditions: [PodCondition]?

    public init(phase: String? = nil, conditions: [PodCondition]? = nil) {
        self.phase = phase
        self.conditions = conditions
    }
}

/// The kind of Volcano.
public struct VolcanoPodGroup: PodGroup, Hashable {
    public static let resource = Resource(
        group: "scheduling.volcano.sh", version: "v1beta1", kind: "PodGroup", plural: "podgroups")

    public var metadata: ObjectMeta
    public var spec: JSONValue?
    public var status: PodGroupStatus?

    public init(metadata: ObjectMeta, spec: JSONValue? = nil, status: PodGroupStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// The kind of the coscheduling plugin.
public struct SchedulerPluginsPodGroup: PodGroup, Hashable {
    public static let resource = Resource(
        group: "scheduling.x-k8s.io", version: "v1alpha1", kind: "PodGroup", plural: "podgroups")

    public var metadata: ObjectMeta
    public var spec: JSONValue?
    public var status: PodGroupStatus?

    public init(metadata: ObjectMeta, spec: JSONValue? = nil, status: PodGroupStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}
