public import KubernetesAPI

extension Trial {
    /// What the trial is doing, in one word.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case pending = "Pending"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        /// Ended by the experiment, because the result was no longer needed.
        case stopped = "Stopped"

        public var isTerminal: Bool { self == .succeeded || self == .failed || self == .stopped }
    }

    /// What is known about the trial.
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int?
        public var state: State
        public var reason: String?
        public var conditions: [Condition]
        /// The uid of the trial's TFJob, once it was seen: a job that is gone is not created again.
        public var tfJobUID: String?
        /// How often a pod was started for this trial.
        public var attempts: Int?
        /// The pod whose result counts, or that runs now.
        public var pod: String?
        public var node: String?
        /// The last step that was trained.
        public var step: Int?
        /// The objective's metric at ``checkpoint``; absent when it was not a finite number.
        public var value: Double?
        /// ``value`` with four digits, for tables.
        public var displayValue: String?
        public var metrics: Metrics?
        public var checkpoint: CheckpointReference?
        /// The kept ones with a finite value, best first.
        public var checkpoints: [CheckpointReference]?
        public var datasetDigest: String?
        public var startTime: Time?
        public var completionTime: Time?

        /// The most kept checkpoints that a status tells of.
        public static let maximumCheckpoints = 16
        /// The most metrics that a status tells of.
        public static let maximumMetrics = 64

        public init(
            observedGeneration: Int? = nil, state: State = .pending, reason: String? = nil,
            conditions: [Condition] = [], tfJobUID: String? = nil, attempts: Int? = nil, pod: String? = nil,
            node: String? = nil, step: Int? = nil, value: Double? = nil, metrics: Metrics? = nil,
            checkpoint: CheckpointReference? = nil, checkpoints: [CheckpointReference]? = nil,
            datasetDigest: String? = nil, startTime: Time? = nil, completionTime: Time? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.state = state
            self.reason = reason
            self.conditions = conditions
            self.tfJobUID = tfJobUID
            self.attempts = attempts
            self.pod = pod
            self.node = node
            self.step = step
            self.value = value
            self.metrics = metrics
            self.checkpoint = checkpoint
            self.checkpoints = checkpoints
            self.datasetDigest = datasetDigest
            self.startTime = startTime
            self.completionTime = completionTime
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            observedGeneration = try container.decodeIfPresent(Int.self, forKey: .observedGeneration)
            state = try container.decode(.state, default: .pending)
            reason = try container.decodeIfPresent(String.self, forKey: .reason)
            conditions = try container.decode(.conditions, default: [])
            tfJobUID = try container.decodeIfPresent(String.self, forKey: .tfJobUID)
            attempts = try container.decodeIfPresent(Int.self, forKey: .attempts)
            pod = try container.decodeIfPresent(String.self, forKey: .pod)
            node = try container.decodeIfPresent(String.self, forKey: .node)
            step = try container.decodeIfPresent(Int.self, forKey: .step)
            value = try container.decodeIfPresent(Double.self, forKey: .value)
            displayValue = try container.decodeIfPresent(String.self, forKey: .displayValue)
            metrics = try container.decodeIfPresent(Metrics.self, forKey: .metrics)
            checkpoint = try container.decodeIfPresent(CheckpointReference.self, forKey: .checkpoint)
            checkpoints = try container.decodeIfPresent([CheckpointReference].self, forKey: .checkpoints)
            datasetDigest = try container.decodeIfPresent(String.self, forKey: .datasetDigest)
            startTime = try container.decodeIfPresent(Time.self, forKey: .startTime)
            completionTime = try container.decodeIfPresent(Time.self, forKey: .completionTime)
        }
    }
}
