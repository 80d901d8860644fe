public import KubernetesAPI

extension TrainingExperiment {
    /// What the experiment is doing, in one word.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case pending = "Pending"
        case running = "Running"
        case suspended = "Suspended"
        case succeeded = "Succeeded"
        case failed = "Failed"
    }

    /// What is known about the experiment.
    public struct Status: Codable, Hashable, Sendable {
        public var observedGeneration: Int?
        public var state: State
        /// Of ``state``; the reason of the condition that decides it.
        public var reason: String?
        public var conditions: [Condition]
        public var trials: TrialCounts
        /// Ended trials of all that may be created, such as `4/12`.
        public var completed: String?
        public var best: BestCheckpoint?
        /// The best value with four digits, for tables.
        public var displayValue: String?
        public var promotion: PromotionSummary?
        public var startTime: Time?
        public var completionTime: Time?

        public init(
            observedGeneration: Int? = nil, state: State = .pending, reason: String? = nil,
            conditions: [Condition] = [], trials: TrialCounts = TrialCounts(), completed: String? = nil,
            best: BestCheckpoint? = nil, promotion: PromotionSummary? = nil, startTime: Time? = nil,
            completionTime: Time? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.state = state
            self.reason = reason
            self.conditions = conditions
            self.trials = trials
            self.completed = completed
            self.best = best
            self.promotion = promotion
            self.startTime = startTime
            self.completionTime = completionTime
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            observedGeneration = try container.decodeIfPresent(Int.self, forKey: .observedGeneration)
            state = try container.decode(.state, default: .pending)
            reason = try container.decodeIfPresent(String.self, forKey: .reason)
            conditions = try container.decode(.conditions, default: [])
            trials = try container.decode(.trials, default: TrialCounts())
            completed = try container.decodeIfPresent(String.self, forKey: .completed)
            best = try container.decodeIfPresent(BestCheckpoint.self, forKey: .best)
            displayValue = try container.decodeIfPresent(String.self, forKey: .displayValue)
            promotion = try container.decodeIfPresent(PromotionSummary.self, forKey: .promotion)
            startTime = try container.decodeIfPresent(Time.self, forKey: .startTime)
            completionTime = try container.decodeIfPresent(Time.self, forKey: .completionTime)
        }

        /// Whether the experiment has ended, for good.
        public var isTerminal: Bool { state == .succeeded || state == .failed }
    }
}
