public import KubernetesAPI

/// Decides what becomes of an event: a new object, one more on an old object's count, or nothing.
///
/// The same event again within ten minutes is counted on the object that is there. Each involved object may cause a burst
/// of 25 events and then one every five minutes, as with client-go, so that a fault that repeats cannot flood etcd.
public struct EventCorrelator: Sendable {
    public typealias Moment = ContinuousClock.Instant

    public enum Outcome: Hashable, Sendable {
        case create(name: String)
        case count(name: String, Int)
        case drop
    }

    private struct Identity: Hashable {
        var object: Reference
        var uid: String
        var event: Plan.Event
    }

    private struct Known {
        var name: String
        var count: Int
        var moment: Moment
    }

    /// Tokens that trickle in.
    private struct Budget {
        var tokens: Double
        var moment: Moment
    }

    private static let window = Duration.seconds(600)
    private static let burst = 25.0
    private static let secondsPerToken = 300.0
    /// More than this many objects or events are not remembered.
    private static let capacity = 4_096

    private var known: [Identity: Known] = [:]
    private var budgets: [String: Budget] = [:]
    private var sequence: UInt64 = 0

    public init() {}

    /// Says what to do with an event that happens at `moment`; `now` makes the name of a new object unique.
    public mutating func outcome(
        of event: Plan.Event, about object: InvolvedObject, at moment: Moment, now: MicroTime
    ) -> Outcome {
        makeRoom(at: moment)
        guard spend(for: object.uid, at: moment) else { return .drop }
        let identity = Identity(object: object.reference, uid: object.uid, event: event)
        if var again = known[identity], again.moment + Self.window > moment {
            again.count += 1
            again.moment = moment
            known[identity] = again
            return .count(name: again.name, again.count)
        }
        sequence += 1
        let suffix = String(UInt64(bitPattern: now.microseconds) &+ sequence, radix: 16)
        let name = "\(object.reference.key.name.prefix(200)).\(suffix)"
        known[identity] = Known(name: name, count: 1, moment: moment)
        return .create(name: name)
    }

    /// Forgets that an event's object exists, after the server said that it does not.
    public mutating func forget(_ event: Plan.Event, about object: InvolvedObject) {
        known[Identity(object: object.reference, uid: object.uid, event: event)] = nil
    }

    private mutating func spend(for uid: String, at moment: Moment) -> Bool {
        var budget = budgets[uid] ?? Budget(tokens: Self.burst, moment: moment)
        let elapsed = budget.moment.duration(to: moment).inSeconds
        budget = Budget(tokens: min(Self.burst, budget.tokens + elapsed / Self.secondsPerToken), moment: moment)
        let isAllowed = budget.tokens >= 1
        if isAllowed { budget.tokens -= 1 }
        budgets[uid] = budget
        return isAllowed
    }

    private mutating func makeRoom(at moment: Moment) {
        if known.count >= Self.capacity {
            known = known.filter { $0.value.moment + Self.window > moment }
            if known.count >= Self.capacity { known = [:] }
        }
        if budgets.count >= Self.capacity {
            budgets = budgets.filter { $0.value.tokens < Self.burst - 1 }
            if budgets.count >= Self.capacity { budgets = [:] }
        }
    }
}
