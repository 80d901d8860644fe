/// One aspect of an object's state, as in `metav1.Condition`.
public struct Condition: Codable, Hashable, Sendable {
    public enum Status: String, Codable, Sendable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"
    }

    public var type: String
    public var status: Status
    /// Stable CamelCase, for programs.
    public var reason: String
    /// A sentence, for people.
    public var message: String
    /// When `status` last changed.
    public var lastTransitionTime: Time?
    /// The generation that this condition was computed from.
    public var observedGeneration: Int?

    public init(
        type: String, status: Status, reason: String, message: String, lastTransitionTime: Time? = nil,
        observedGeneration: Int? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionTime = lastTransitionTime
        self.observedGeneration = observedGeneration
    }
}

extension [Condition] {
    public func first(_ type: String) -> Condition? { first { $0.type == type } }

    public func isTrue(_ type: String) -> Bool { first(type)?.status == .yes }

    /// Replaces the condition of the same type in place, or appends it; keeps the transition time while `status` stays.
    public mutating func set(_ condition: Condition, at now: Time) {
        var new = condition
        guard let index = firstIndex(where: { $0.type == condition.type }) else {
            new.lastTransitionTime = now
            append(new)
            return
        }
        new.lastTransitionTime = self[index].status == condition.status ? self[index].lastTransitionTime ?? now : now
        self[index] = new
    }
}
