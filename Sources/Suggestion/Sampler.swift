public import AerieAPI

/// An algorithm that proposes what to try next.
///
/// - Guarantees: proposals depend on nothing but the arguments, so that a controller that starts anew proposes the same
///   trials; the order of the history does not matter; where there is a capacity no assignment is proposed
///   twice.
public protocol Sampler: Sendable {
    init(space: SearchSpace, algorithm: Algorithm)

    /// How many trials it can propose; `nil` for no end.
    var capacity: Int? { get }

    /// The assignments of the trials with these numbers, counted from 1; fewer when the space is exhausted.
    func propose(_ numbers: ClosedRange<Int>, history: [Outcome]) -> [Assignment]
}

/// What is known of an earlier trial.
public struct Outcome: Hashable, Sendable {
    public var number: Int
    public var assignment: Assignment
    /// The objective's metric; `nil` while the trial runs or when it failed.
    public var value: Double?

    public init(number: Int, assignment: Assignment, value: Double? = nil) {
        self.number = number
        self.assignment = assignment
        self.value = value
    }
}

extension Algorithm {
    /// The algorithm at work on a search space.
    public func sampler(for space: SearchSpace) -> any Sampler {
        switch name {
        case .random: RandomSampler(space: space, algorithm: self)
        case .grid: GridSampler(space: space, algorithm: self)
        }
    }
}
