public import FoundationEssentials

/// The identities that are stored: one in use, perhaps its successor, perhaps its predecessor's authority.
///
/// ```
/// (nothing) ─▶ current ─▶ current + next ─▶ next becomes current, its predecessor stays trusted until it ends
///                 ▲   after 2/3 of its life   after `overlap`         │
///                 └───────────────────────────────────────────────────┘
/// ```
///
/// API servers learn of a new authority before any replica serves with its certificate, and trust the old one for as
/// long as a replica might still use it: at no moment does a handshake fail.
public struct CertificateRotation: Hashable, Sendable {
    /// How long certificates live and how long both authorities are announced before the new one is used.
    public struct Policy: Hashable, Sendable {
        /// Seconds.
        public var validity: TimeInterval
        /// Seconds; longer than any replica or API server takes to notice.
        public var overlap: TimeInterval

        public init(validity: TimeInterval = 90 * 86_400, overlap: TimeInterval = 600) {
            self.validity = validity
            self.overlap = overlap
        }
    }

    public var current: ServingIdentity?
    /// Announced, not yet in use.
    public var next: ServingIdentity?
    /// PEM of the authority that signed the identity before.
    public var previousAuthority: String?

    public init(current: ServingIdentity? = nil, next: ServingIdentity? = nil, previousAuthority: String? = nil) {
        self.current = current
        self.next = next
        self.previousAuthority = previousAuthority
    }

    /// Everything that API servers shall trust, as PEM.
    public var bundle: String {
        [current?.authority, next?.authority, previousAuthority].compactMap(\.self)
            .map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined()
    }

    /// What shall be stored instead at `now`; equal to this value when nothing is due.
    ///
    /// - Parameters:
    ///   - now: The wall clock.
    ///   - hosts: What the certificate must stand for.
    ///   - policy: When the next step is due.
    ///   - issue: Makes an identity for these hosts.
    /// - Returns: The state after at most one step.
    public func advanced(
        now: Date, hosts: [String], policy: Policy, issue: (Date, TimeInterval) throws -> ServingIdentity
    ) rethrows -> CertificateRotation {
        var after = self
        guard let current, let facts = try? current.facts(), facts.end > now else {
            // Nothing that works is lost by starting afresh; a successor that waits is as good as new.
            if let next, let facts = try? next.facts(), facts.end > now, facts.hosts.isSuperset(of: hosts) {
                return CertificateRotation(current: next)
            }
            return CertificateRotation(current: try issue(now, policy.validity))
        }
        if let previousAuthority {
            let isOver = (try? CertificateFacts(pem: previousAuthority)).map { $0.end <= now } ?? true
            if isOver { after.previousAuthority = nil }
        }
        if let next {
            guard let successor = try? next.facts(), successor.hosts.isSuperset(of: hosts) else {
                after.next = try issue(now, policy.validity)
                return after
            }
            // Certificates begin an hour before they were made.
            if now.timeIntervalSince(successor.begin) - 3_600 >= policy.overlap {
                after = CertificateRotation(current: next, previousAuthority: current.authority)
            }
        } else if now.timeIntervalSince(facts.begin) >= facts.end.timeIntervalSince(facts.begin) * 2 / 3
            || !facts.hosts.isSuperset(of: hosts)
        {
            after.next = try issue(now, policy.validity)
        }
        return after
    }
}
