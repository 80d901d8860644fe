public import KubernetesAPI

extension TFJob {
    /// What became of the job: upstream's fields first, then ours.
    public struct Status: Codable, Hashable, Sendable {
        /// The one that describes the job now is last, as clients and the `State` column expect.
        public var conditions: [JobCondition]
        public var replicaStatuses: [ReplicaType: ReplicaStatus]
        public var startTime: Time?
        public var completionTime: Time?
        /// When the status was last changed by the controller.
        public var lastReconcileTime: Time?

        /// Why the job is as it is, in one CamelCase word; the reason for a failure stays.
        public var reason: String?
        /// Ready pods of all wanted pods, such as `3/4`.
        public var ready: String?
        /// Where the job waits its turn, if anywhere.
        public var queue: String?
        /// Devices that all pods ask for together, such as `4 nvidia.com/gpu`.
        public var accelerators: String?
        /// Where its pods are or, once it has ended, were; of many, the first few.
        public var nodes: String?
        /// Restarts that count against `backoffLimit`, of all types.
        public var restarts: Int
        /// Pods that were lost without fault of the program, of all types.
        public var disruptions: Int
        /// What ended badly, oldest first, at most ``attemptLimit`` besides those of pods that still exist.
        public var attempts: [Attempt]
        public var observedGeneration: Int?

        /// How many attempts of pods that are gone are remembered.
        public static let attemptLimit = 20
        /// How many attempts keep the end of their log, the latest.
        public static let messageLimit = 100

        public init(
            conditions: [JobCondition] = [], replicaStatuses: [ReplicaType: ReplicaStatus] = [:],
            startTime: Time? = nil, completionTime: Time? = nil, lastReconcileTime: Time? = nil,
            reason: String? = nil, ready: String? = nil, queue: String? = nil, accelerators: String? = nil,
            nodes: String? = nil, restarts: Int = 0, disruptions: Int = 0, attempts: [Attempt] = [],
            observedGeneration: Int? = nil
        ) {
            self.conditions = conditions
            self.replicaStatuses = replicaStatuses
            self.startTime = startTime
            self.completionTime = completionTime
            self.lastReconcileTime = lastReconcileTime
            self.reason = reason
            self.ready = ready
            self.queue = queue
            self.accelerators = accelerators
            self.nodes = nodes
            self.restarts = restarts
            self.disruptions = disruptions
            self.attempts = attempts
            self.observedGeneration = observedGeneration
        }

        private enum CodingKeys: String, CodingKey {
            case conditions, replicaStatuses, startTime, completionTime, lastReconcileTime
            case reason, ready, queue, accelerators, nodes, restarts, disruptions, attempts, observedGeneration
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            conditions = try container.decodeIfPresent([JobCondition].self, forKey: .conditions) ?? []
            replicaStatuses =
                try container.decodeIfPresent([ReplicaType: ReplicaStatus].self, forKey: .replicaStatuses) ?? [:]
            startTime = try container.decodeIfPresent(Time.self, forKey: .startTime)
            completionTime = try container.decodeIfPresent(Time.self, forKey: .completionTime)
            lastReconcileTime = try container.decodeIfPresent(Time.self, forKey: .lastReconcileTime)
            reason = try container.decodeIfPresent(String.self, forKey: .reason)
            ready = try container.decodeIfPresent(String.self, forKey: .ready)
            queue = try container.decodeIfPresent(String.self, forKey: .queue)
            accelerators = try container.decodeIfPresent(String.self, forKey: .accelerators)
            nodes = try container.decodeIfPresent(String.self, forKey: .nodes)
            restarts = try container.decodeIfPresent(Int.self, forKey: .restarts) ?? 0
            disruptions = try container.decodeIfPresent(Int.self, forKey: .disruptions) ?? 0
            attempts = try container.decodeIfPresent([Attempt].self, forKey: .attempts) ?? []
            observedGeneration = try container.decodeIfPresent(Int.self, forKey: .observedGeneration)
        }

        /// One form for all: a status that is compared with a stored one must not differ in what it leaves out.
        public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

        /// As the API server stores it.
        public var json: JSONValue {
            var replicas: [String: JSONValue] = [:]
            for (type, status) in replicaStatuses { replicas[type.rawValue] = status.json }
            return JSONValue(compacting: [
                "conditions": .array(conditions.map(\.json)), "replicaStatuses": .object(replicas),
                "startTime": startTime.map(JSONValue.init), "completionTime": completionTime.map(JSONValue.init),
                "lastReconcileTime": lastReconcileTime.map(JSONValue.init), "reason": reason.map(JSONValue.string),
                "ready": ready.map(JSONValue.string), "queue": queue.map(JSONValue.string),
                "accelerators": accelerators.map(JSONValue.string), "nodes": nodes.map(JSONValue.string),
                "restarts": JSONValue(restarts),
                "disruptions": JSONValue(disruptions),
                "attempts": attempts.isEmpty ? Optional.none : .array(attempts.map(\.json)),
                "observedGeneration": observedGeneration.map { JSONValue($0) },
            ])
        }
    }
}

extension JSONValue {
    init(_ time: Time) { self = .string(time.description) }
}
