public import KubernetesAPI

extension TFJob {
    /// One aspect of the state of a job; unlike other conditions it also says when it was last written.
    public struct JobCondition: Codable, Hashable, Sendable {
        /// Upstream's types, then ours.
        public enum ConditionType: String, Codable, CaseIterable, Sendable {
            case created = "Created"
            case running = "Running"
            case restarting = "Restarting"
            case suspended = "Suspended"
            case succeeded = "Succeeded"
            case failed = "Failed"

            /// Every replica that has not succeeded yet is ready; `Running` needs only one.
            case allReplicasReady = "AllReplicasReady"
            /// Something keeps pods from existing or starting; gone when it is over.
            case stalled = "Stalled"
            /// The pods differ from the template where it could not have been meant as it was written.
            case templateCorrected = "TemplateCorrected"

            /// Describes the job as a whole, so that it may be the last of the list.
            public var isState: Bool {
                switch self {
                case .created, .running, .restarting, .suspended, .succeeded, .failed: true
                case .allReplicasReady, .stalled, .templateCorrected: false
                }
            }

            public var isTerminal: Bool { self == .succeeded || self == .failed }
        }

        public var type: Choice<ConditionType>
        public var status: Condition.Status
        /// Stable CamelCase, for programs.
        public var reason: String?
        /// A sentence, for people.
        public var message: String?
        /// When any field last changed.
        public var lastUpdateTime: Time?
        /// When `status` last changed.
        public var lastTransitionTime: Time?

        public init(
            _ type: ConditionType, _ status: Condition.Status = .yes, reason: String, message: String,
            at time: Time? = nil
        ) {
            self.type = .known(type)
            self.status = status
            self.reason = reason
            self.message = message
            lastUpdateTime = time
            lastTransitionTime = time
        }

        var json: JSONValue {
            JSONValue(compacting: [
                "type": .string(type.text), "status": .string(status.rawValue),
                "reason": reason.map(JSONValue.string), "message": message.map(JSONValue.string),
                "lastUpdateTime": lastUpdateTime.map(JSONValue.init),
                "lastTransitionTime": lastTransitionTime.map(JSONValue.init),
            ])
        }
    }
}

extension TFJob.Status {
    public typealias ConditionType = TFJob.JobCondition.ConditionType

    public func condition(_ type: ConditionType) -> TFJob.JobCondition? { conditions.first { $0.type.value == type } }

    public func isTrue(_ type: ConditionType) -> Bool { condition(type)?.status == .yes }

    /// Succeeded or Failed, for ever.
    public var isFinished: Bool { isTrue(.succeeded) || isTrue(.failed) }
}
