public import KubernetesAPI
public import Logging
public import ServiceLifecycle

/// Tells somebody whenever the wall clock was set.
///
/// What is due later waits by the monotonic clock, in the work queues. Deadlines and times to live are moments of the wall
/// clock: once that was set forward, they come sooner than what waits for them knows.
public struct WallClockWatch: ServiceLifecycle.Service, CustomStringConvertible {
    private let period: Duration
    private let now: @Sendable () -> Time
    private let logger: Logger
    private let onStep: @Sendable () -> Void

    /// - Parameters:
    ///   - period: From one look at the clocks to the next.
    ///   - now: The wall clock.
    ///   - logger: Told of steps.
    ///   - onStep: Called after each.
    public init(
        period: Duration = .seconds(5), now: @escaping @Sendable () -> Time, logger: Logger,
        onStep: @escaping @Sendable () -> Void
    ) {
        self.period = period
        self.now = now
        self.logger = logger
        self.onStep = onStep
    }

    /// As it is called in the log of the program's services.
    public var description: String { "the watch of the wall clock" }

    public func run() async {
        await cancelWhenGracefulShutdown {
            var steps = WallClockSteps()
            while !Task.isCancelled {
                if let step = steps.look(at: now(), .now) {
                    logger.warning(
                        "the wall clock was set; everything is looked at again", metadata: ["by": "\(step) s"])
                    onStep()
                }
                try? await Task.sleep(for: period)
            }
        }
    }
}
