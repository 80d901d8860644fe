/// One pod, as far as controllers look at it.
public struct Pod: KubernetesObject, Hashable {
    public static let resource = Resource(group: "", version: "v1", kind: "Pod", plural: "pods")

    /// `status.phase`, in the API's own words.
    public enum Phase: String, Codable, Sendable {
        case pending = "Pending"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case unknown = "Unknown"
    }

    public struct Spec: Codable, Hashable, Sendable {
        public var nodeName: String?
        public var schedulerName: String?
        public var initContainers: [InitContainer]?

        public init(
            nodeName: String? = nil, schedulerName: String? = nil, initContainers: [InitContainer]? = nil
        ) {
            self.nodeName = nodeName
            self.schedulerName = schedulerName
            self.initContainers = initContainers
        }
    }

    /// One of `spec.initContainers`.
    public struct InitContainer: Codable, Hashable, Sendable {
        public var name: String
        /// `Always` makes it a native sidecar: it runs beside the containers, and the node ends it after them.
        public var restartPolicy: String?

        public init(name: String, restartPolicy: String? = nil) {
            self.name = name
            self.restartPolicy = restartPolicy
        }
    }

    public struct Status: Codable, Hashable, Sendable {
        public var phase: Phase?
        /// Why the pod as a whole is in this phase, such as `Evicted` or `NodeLost`.
        public var reason: String?
        public var message: String?
        public var podIP: String?
        public var startTime: Time?
        public var conditions: [PodCondition]?
        public var initContainerStatuses: [ContainerStatus]?
        public var containerStatuses: [ContainerStatus]?

        public init(
            phase: Phase? = nil, reason: String? = nil, message: String? = nil, podIP: String? = nil,
            startTime: Time? = nil, conditions: [PodCondition]? = nil,
            initContainerStatuses: [ContainerStatus]? = nil, containerStatuses: [ContainerStatus]? = nil
        ) {
            self.phase = phase
            self.reason = reason
            self.message = message
            self.podIP = podIP
            self.startTime = startTime
            self.conditions = conditions
            self.initContainerStatuses = initContainerStatuses
            self.containerStatuses = containerStatuses
        }
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?

    public init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    /// Pending while the node has not said anything.
    public var phase: Phase { status?.phase ?? .pending }

    /// The statuses of the containers that must end well before the others start; native sidecars are not among them.
    public var startupStatuses: [ContainerStatus] {
        let statuses = status?.initContainerStatuses ?? []
        guard let sidecars = spec?.initContainers?.filter({ $0.restartPolicy == "Always" }), !sidecars.isEmpty else {
            return statuses
        }
        return statuses.filter { status in !sidecars.contains { $0.name == status.name } }
    }

    public func containerStatus(_ name: String) -> ContainerStatus? {
        status?.containerStatuses?.first { $0.name == name }
    }
}

/// One aspect of a pod's state; unlike other conditions it may lack reason and message.
public struct PodCondition: Codable, Hashable, Sendable {
    public var type: String
    public var status: Condition.Status
    public var reason: String?
    public var message: String?

    public init(type: String, status: Condition.Status, reason: String? = nil, message: String? = nil) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }
}

/// What the node says about one container.
public struct ContainerStatus: Codable, Hashable, Sendable {
    public struct State: Codable, Hashable, Sendable {
        public struct Waiting: Codable, Hashable, Sendable {
            public var reason: String?
            public var message: String?

            public init(reason: String? = nil, message: String? = nil) {
                self.reason = reason
                self.message = message
            }
        }

        public struct Running: Codable, Hashable, Sendable {
            public var startedAt: Time?

            public init(startedAt: Time? = nil) { self.startedAt = startedAt }
        }

        public struct Terminated: Codable, Hashable, Sendable {
            public var exitCode: Int
            public var signal: Int?
            public var reason: String?
            /// The termination message, or the end of the log with `FallbackToLogsOnError`.
            public var message: String?
            public var startedAt: Time?
            public var finishedAt: Time?

            public init(
                exitCode: Int, signal: Int? = nil, reason: String? = nil, message: String? = nil,
                startedAt: Time? = nil, finishedAt: Time? = nil
            ) {
                self.exitCode = exitCode
                self.signal = signal
                self.reason = reason
                self.message = message
                self.startedAt = startedAt
                self.finishedAt = finishedAt
            }
        }

        public var waiting: Waiting?
        public var running: Running?
        public var terminated: Terminated?

        public init(waiting: Waiting? = nil, running: Running? = nil, terminated: Terminated? = nil) {
            self.waiting = waiting
            self.running = running
            self.terminated = terminated
        }
    }

    public var name: String
    public var ready: Bool?
    public var restartCount: Int?
    public var state: State?
    public var lastState: State?

    public init(
        name: String, ready: Bool? = nil, restartCount: Int? = nil, state: State? = nil, lastState: State? = nil
    ) {
        self.name = name
        self.ready = ready
        self.restartCount = restartCount
        self.state = state
        self.lastState = lastState
    }
}
