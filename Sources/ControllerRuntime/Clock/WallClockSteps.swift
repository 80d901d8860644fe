public import KubernetesAPI

/// Tells when the wall clock was set, by comparing it with the monotonic clock, which nobody sets.
///
/// A plain value: feed it what both clocks show, again and again.
public struct WallClockSteps: Sendable {
    public typealias Moment = ContinuousClock.Instant

    /// Seconds; what is less is the rounding to whole seconds, or a clock that is corrected little by little.
    public static let tolerance: Int64 = 3

    private var last: (wall: Time, moment: Moment)?

    public init() {}

    /// Takes in what the clocks show.
    ///
    /// - Parameters:
    ///   - wall: The wall clock.
    ///   - moment: The monotonic clock, read together with it.
    /// - Returns: By how many seconds the wall clock was set forward, or back if negative, since the last look; `nil`
    ///   when it was not set.
    public mutating func look(at wall: Time, _ moment: Moment) -> Int64? {
        defer { last = (wall, moment) }
        guard let last else { return nil }
        let step = wall.seconds(since: last.wall) - last.moment.duration(to: moment).components.seconds
        return abs(step) < Self.tolerance ? nil : step
    }
}
