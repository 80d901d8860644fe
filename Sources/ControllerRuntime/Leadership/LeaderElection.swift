public import KubernetesAPI

/// Who leads, as one candidate sees it: feed it the lease as the server has it, do what it answers.
///
/// Clocks of different machines are never compared: a lease counts as alive for its duration after *this* process saw
/// it change. The holder stops leading earlier than others may take over, by the difference between
/// ``Timing/leaseDuration`` and ``Timing/renewDeadline``.
public struct LeaderElection: Sendable {
    public typealias Moment = ContinuousClock.Instant

    public struct Timing: Hashable, Sendable {
        /// How long others wait after the last renewal they saw, in whole seconds.
        public var leaseDuration: Duration
        /// How long the holder leads after its last renewal; shorter than the lease's duration.
        public var renewDeadline: Duration
        /// Between two attempts to acquire or renew.
        public var retryPeriod: Duration

        public init(
            leaseDuration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10),
            retryPeriod: Duration = .seconds(2)
        ) {
            self.leaseDuration = leaseDuration
            self.renewDeadline = renewDeadline
            self.retryPeriod = retryPeriod
        }
    }

    public enum Action: Hashable, Sendable {
        /// There is no lease yet.
        case create(Lease.Spec)
        /// Write this against the version that was read.
        case update(Lease.Spec)
        /// Someone else holds the lease.
        case wait
    }

    public let identity: String
    public let timing: Timing
    /// The lease as it was last seen to change, and when that was.
    private var seen: (spec: Lease.Spec, moment: Moment)?
    private var renewed: Moment?

    public init(identity: String, timing: Timing = Timing()) {
        self.identity = identity
        self.timing = timing
    }

    /// Says what to write, given the lease that was just read.
    ///
    /// - Parameters:
    ///   - lease: `nil` when there is none.
    ///   - moment: On the local clock.
    ///   - now: For people who look at the lease.
    /// - Returns: What to do.
    public mutating func read(_ lease: Lease.Spec?, at moment: Moment, now: MicroTime) -> Action {
        guard let lease else { return .create(claim(of: nil, now: now)) }
        if seen?.spec != lease { seen = (lease, moment) }
        let holder = lease.holderIdentity ?? ""
        if holder == identity || holder.isEmpty { return .update(claim(of: lease, now: now)) }
        let duration = lease.leaseDurationSeconds.map { Duration.seconds($0) } ?? timing.leaseDuration
        let lastChange = seen?.moment ?? moment
        return lastChange + duration <= moment ? .update(claim(of: lease, now: now)) : .wait
    }

    /// What to write without reading the lease first; `nil` unless this candidate leads.
    ///
    /// Against the version that it wrote last: the server refuses it if someone else has written since.
    public func renewal(at moment: Moment, now: MicroTime) -> Lease.Spec? {
        guard isLeading(at: moment), let lease = seen?.spec, lease.holderIdentity == identity else { return nil }
        return claim(of: lease, now: now)
    }

    /// Takes in that the server accepted our lease; counts from when the request was *sent*.
    public mutating func wrote(_ lease: Lease.Spec, sentAt moment: Moment) {
        seen = (lease, moment)
        renewed = moment
    }

    /// Until when this candidate leads; `nil` when it never did.
    public var leadsUntil: Moment? { renewed.map { $0 + timing.renewDeadline } }

    public func isLeading(at moment: Moment) -> Bool { leadsUntil.map { moment < $0 } ?? false }

    /// What the holder writes when it steps down, so that others need not wait.
    public func release(now: MicroTime) -> Lease.Spec? {
        guard let lease = seen?.spec, lease.holderIdentity == identity else { return nil }
        return Lease.Spec(
            holderIdentity: "", leaseDurationSeconds: 1, acquireTime: now, renewTime: now,
            leaseTransitions: lease.leaseTransitions)
    }

    private func claim(of lease: Lease.Spec?, now: MicroTime) -> Lease.Spec {
        let isRenewal = lease?.holderIdentity == identity
        let transitions = lease.map { ($0.leaseTransitions ?? 0) + (isRenewal ? 0 : 1) } ?? 0
        return Lease.Spec(
            holderIdentity: identity, leaseDurationSeconds: Int(timing.leaseDuration.components.seconds),
            acquireTime: isRenewal ? lease?.acquireTime : now, renewTime: now, leaseTransitions: transitions)
    }
}
