public import KubernetesAPI

extension TFJob {
    /// What happened to one pod that failed, was restarted by its node or was lost: the story that stays when the pod
    /// is gone.
    ///
    /// Entries are found by the pod's uid, so counting the same pod twice is impossible.
    public struct Attempt: Codable, Hashable, Sendable {
        public enum Cause: String, Codable, Sendable {
            /// The program ended badly; counts against `backoffLimit`.
            case failure = "Failure"
            /// The pod was deleted, evicted, preempted or lost with its node; does not count.
            case disruption = "Disruption"
        }

        public var pod: String
        public var uid: String
        public var replicaType: ReplicaType
        public var index: Int
        public var cause: Cause
        public var node: String?
        /// The container that the following tells of: `tensorflow`, or the first that failed if that did not.
        public var container: String?
        public var exitCode: Int?
        /// What the exit code usually means.
        public var meaning: String?
        /// In the words of the node or the control plane: `OOMKilled`, `Error`, `Evicted` or `PreemptionByScheduler`.
        public var reason: String?
        /// The end of the termination message or of the log, at most ``messageLimit`` bytes.
        public var message: String?
        public var startTime: Time?
        /// When the pod ended, or the job did before it.
        public var endTime: Time?
        /// How often the node restarted containers inside the pod.
        public var containerRestarts: Int
        /// By how much this pod raised `status.restarts`.
        public var counted: Int

        /// Bytes of text kept per attempt.
        public static let messageLimit = 1_024

        public init(
            pod: String, uid: String, replicaType: ReplicaType, index: Int, cause: Cause, node: String? = nil,
            container: String? = nil, exitCode: Int? = nil, meaning: String? = nil, reason: String? = nil,
            message: String? = nil,
            startTime: Time? = nil, endTime: Time? = nil, containerRestarts: Int = 0, counted: Int = 0
        ) {
            self.pod = pod
            self.uid = uid
            self.replicaType = replicaType
            self.index = index
            self.cause = cause
            self.node = node
            self.container = container
            self.exitCode = exitCode
            self.meaning = meaning
            self.reason = reason
            self.message = message
            self.startTime = startTime
            self.endTime = endTime
            self.containerRestarts = containerRestarts
            self.counted = counted
        }

        var json: JSONValue {
            JSONValue(compacting: [
                "pod": .string(pod), "uid": .string(uid), "replicaType": .string(replicaType.rawValue),
                "index": JSONValue(index), "cause": .string(cause.rawValue), "node": node.map(JSONValue.string),
                "container": container.map(JSONValue.string),
                "exitCode": exitCode.map { JSONValue($0) }, "meaning": meaning.map(JSONValue.string),
                "reason": reason.map(JSONValue.string), "message": message.map(JSONValue.string),
                "startTime": startTime.map(JSONValue.init), "endTime": endTime.map(JSONValue.init),
                "containerRestarts": JSONValue(containerRestarts), "counted": JSONValue(counted),
            ])
        }
    }
}
