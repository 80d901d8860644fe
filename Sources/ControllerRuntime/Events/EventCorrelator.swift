public import KubernetesAPI

/// Decides what becomes of an event: a new object, one more on an old object's count, or nothing.
///
/// The same event again within ten minutes is counted on the object that is there. Each involved object may cause a burst
/// of 25 events and then one every five minutes, as with client-go, so that a fault that repeats cannot flood etcd.
///
/// So many events and objects are remembered as ``capacity`` says; of more, those that were heard of last. An event costs
/// the same however many that are.
public struct EventCorrelator: Sendable {
    public typealias Moment = ContinuousClock.Instant

    public enum Outcome: Hashable, Sendable {
        case create(name: String)
        case count(name: String, Int)
        case drop
    }

    private struct Identity: Hashable, Sendable {
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
    /// Events that are remembered, and objects.
    package static let capacity = 4_096

    private var known = RecentlyUsed<Identity, Known>(capacity: Self.capacity)
    /// By uid.
    private var budgets = RecentlyUsed<String, Budget>(capacity: Self.capacity)
    private var sequence: UInt64 = 0

    public init() {}

    /// Events and objects in memory, and how many were looked at to make room, since the beginning.
    package var remembered: (events: Int, objects: Int) { (known.count, budgets.count) }
    package var visited: Int { known.visited + budgets.visited }

    /// Says what to do with an event that happens at `moment`; `now` makes the name of a new object unique.
    public mutating func outcome(
        of event: Plan.Event, about object: InvolvedObject, at moment: Moment, now: MicroTime
    ) -> Outcome {
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
}
