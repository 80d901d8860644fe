import ControllerRuntime
import KubernetesAPI
import TestRandom
import Testing

@Suite struct LeaderElectionTests {
    private let start = ContinuousClock.now
    private let now = MicroTime(microseconds: 1_000_000)

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func lease(_ holder: String?, transitions: Int = 0, renewed: Int64 = 0) -> Lease.Spec {
        Lease.Spec(
            holderIdentity: holder, leaseDurationSeconds: 15, acquireTime: MicroTime(microseconds: 0),
            renewTime: MicroTime(microseconds: renewed), leaseTransitions: transitions)
    }

    @Test func `the first candidate makes the lease`() {
        var me = LeaderElection(identity: "me")
        let expected = Lease.Spec(
            holderIdentity: "me", leaseDurationSeconds: 15, acquireTime: now, renewTime: now, leaseTransitions: 0)
        #expect(me.read(nil, at: start, now: now) == .create(expected))
        #expect(!me.isLeading(at: start), "a lease that was not written yet is not held")
        me.wrote(expected, sentAt: start)
        #expect(me.isLeading(at: at(9)))
        #expect(!me.isLeading(at: at(10)), "without a renewal leadership ends after the renew deadline")
    }

    @Test func `a renewal keeps the time of acquisition and the count of transitions`() {
        var me = LeaderElection(identity: "me")
        guard case .update(let spec) = me.read(lease("me", transitions: 4), at: start, now: now) else {
            Issue.record("expected an update")
            return
        }
        #expect(spec.acquireTime == MicroTime(microseconds: 0))
        #expect(spec.renewTime == now)
        #expect(spec.leaseTransitions == 4)
    }

    @Test func `a lease of someone else is taken over only after it has not changed for its duration`() {
        var me = LeaderElection(identity: "me")
        #expect(me.read(lease("you", renewed: 1), at: at(0), now: now) == .wait)
        #expect(me.read(lease("you", renewed: 2), at: at(14), now: now) == .wait)
        #expect(me.read(lease("you", renewed: 2), at: at(28), now: now) == .wait)
        guard case .update(let spec) = me.read(lease("you", renewed: 2), at: at(29), now: now) else {
            Issue.record("expected an update")
            return
        }
        #expect(spec.holderIdentity == "me")
        #expect(spec.leaseTransitions == 1)
        #expect(spec.acquireTime == now)
    }

    @Test func `the wall clocks of others do not matter`() {
        var me = LeaderElection(identity: "me")
        #expect(me.read(lease("you", renewed: -1_000_000_000_000), at: start, now: now) == .wait)
    }

    @Test(arguments: ["", nil] as [String?]) func `a lease that was given back is taken at once`(holder: String?) {
        var me = LeaderElection(identity: "me")
        guard case .update(let spec) = me.read(lease(holder, transitions: 2), at: start, now: now) else {
            Issue.record("expected an update")
            return
        }
        #expect(spec.leaseTransitions == 3)
    }

    @Test func `only the holder gives a lease back`() {
        var me = LeaderElection(identity: "me")
        _ = me.read(lease("you"), at: start, now: now)
        #expect(me.release(now: now) == nil)
        me.wrote(lease("me"), sentAt: start)
        #expect(me.release(now: now)?.holderIdentity == "")
    }

    /// Candidates whose requests are delayed, lost or answered late, on one lease with optimistic locking.
    @Test(arguments: 0..<300) func `two candidates never lead at once`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var candidates = (0..<3).map { LeaderElection(identity: "c\($0)") }
        var stored: (spec: Lease.Spec, version: Int)?
        var leaders = 0
        var second = 0
        while second < 600 {
            second += Int.random(in: 0...4, using: &random)
            let index = Int.random(in: 0..<3, using: &random)
            let read = stored
            let sentAt = at(second)
            let wall = MicroTime(microseconds: Int64(second) * 1_000_000 + Int64.random(in: -90...90, using: &random))
            let action = candidates[index].read(read?.spec, at: sentAt, now: wall)
            // Meanwhile others may write, and answers may get lost.
            if Int.random(in: 0..<5, using: &random) == 0 { second += Int.random(in: 0...20, using: &random) }
            switch action {
            case .wait: break
            case .create(let spec), .update(let spec):
                guard stored?.version == read?.version else { continue }
                if Int.random(in: 0..<10, using: &random) == 0 { continue }
                stored = (spec, (stored?.version ?? 0) + 1)
                if Int.random(in: 0..<10, using: &random) > 0 { candidates[index].wrote(spec, sentAt: sentAt) }
            }
            let leading = candidates.filter { $0.isLeading(at: at(second)) }
            #expect(leading.count <= 1, "\(leading.map(\.identity)) lead at once")
            leaders += leading.count
        }
        #expect(leaders > 0, "nobody ever led")
    }
}
