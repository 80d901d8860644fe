/// Which reported metric tells whether one model is better than another.
public struct Objective: Codable, Hashable, Sendable {
    /// A name that the trial reports, for example `validation/accuracy`.
    public var metric: String
    public var goal: Goal
    /// The value at which the experiment may stop.
    public var target: Double?

    /// Whether larger or smaller values are better.
    public enum Goal: String, Codable, Hashable, Sendable, CaseIterable {
        case maximize = "Maximize"
        case minimize = "Minimize"
    }

    public init(metric: String, goal: Goal = .maximize, target: Double? = nil) {
        self.metric = metric
        self.goal = goal
        self.target = target
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metric = try container.decode(String.self, forKey: .metric)
        goal = try container.decode(.goal, default: .maximize)
        target = try container.decodeIfPresent(Double.self, forKey: .target)
    }
}

extension Objective.Goal {
    /// Whether `value` is strictly better than `other`.
    ///
    /// NaN is worse than every number and no better than itself.
    public func prefers(_ value: Double, to other: Double) -> Bool {
        guard !value.isNaN else { return false }
        guard !other.isNaN else { return true }
        return self == .maximize ? value > other : value < other
    }
}

extension Objective {
    /// Whether `value` is as good as the target, if there is one.
    public func isReached(by value: Double) -> Bool {
        guard let target, !value.isNaN else { return false }
        return !goal.prefers(target, to: value)
    }
}
