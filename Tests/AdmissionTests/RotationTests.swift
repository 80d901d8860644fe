import Admission
import FoundationEssentials
import Testing

/// Certificates follow each other without a moment in which one is served that API servers do not trust.
@Suite struct RotationTests {
    private static let hosts = ["aerie-webhook.aerie-system.svc", "127.0.0.5"]
    private static let policy = CertificateRotation.Policy(validity: 9_000, overlap: 60)
    private static let start = Date(timeIntervalSince1970: 2_000_000_000)

    /// One step at so many seconds after the start.
    private func step(
        _ rotation: CertificateRotation, _ seconds: TimeInterval, hosts: [String] = hosts
    ) throws -> CertificateRotation {
        let now = Self.start.addingTimeInterval(seconds)
        return try rotation.advanced(now: now, hosts: hosts, policy: Self.policy) { now, validity in
            try ServingIdentity(hosts: hosts, now: now, validity: validity)
        }
    }

    @Test func `an empty Secret gets an identity, which then stays`() throws {
        let first = try step(CertificateRotation(), 0)
        #expect(first.current != nil && first.next == nil)
        #expect(try step(first, 1) == first)
    }

    @Test func `a successor is announced after two thirds of the life and used after the overlap`() throws {
        let first = try step(CertificateRotation(), 0)
        let current = try #require(first.current)
        // The life of 9000 s and the hour before it: two thirds are over 4800 s after the start.
        #expect(try step(first, 4_700) == first)
        let announced = try step(first, 4_900)
        let next = try #require(announced.next)
        #expect(announced.current == current)
        #expect(announced.bundle.contains(current.authority) && announced.bundle.contains(next.authority))
        #expect(try step(announced, 4_930) == announced)
        let swapped = try step(announced, 4_970)
        #expect(swapped.current == next && swapped.next == nil)
        #expect(swapped.bundle.contains(current.authority), "a replica may still serve with the old certificate")
        let quiet = try step(swapped, 9_100)
        #expect(quiet.bundle == next.authority + "\n", "the old authority has ended")
    }

    @Test func `an identity that ended or cannot be read is replaced at once`() throws {
        let first = try step(CertificateRotation(), 0)
        let late = try step(first, 10_000)
        #expect(late.current != first.current && late.current != nil)
        let damaged = CertificateRotation(current: ServingIdentity(authority: "a", certificate: "b", key: "c"))
        #expect(try step(damaged, 0).current != damaged.current)
    }

    @Test func `another service name makes a successor that stands for it`() throws {
        let first = try step(CertificateRotation(), 0)
        let moved = try step(first, 10, hosts: ["other.aerie-system.svc"])
        #expect(moved.current == first.current && moved.next != nil)
        #expect(try step(moved, 80, hosts: ["other.aerie-system.svc"]).current == moved.next)
    }
}
