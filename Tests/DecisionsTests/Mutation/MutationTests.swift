import TestMutation
import Testing

/// Objects that nobody checked: they are read, judged and decided about, and whatever is in them, the process lives and
/// what it writes can be read.
@Suite struct MutationTests {
    @Test(arguments: World.Kind.allCases) func `a sample is good, and something is decided about it`(
        kind: World.Kind
    ) throws {
        let outcome = try MutatedLife.live(MutationCase(kind, World(kind)))
        #expect(outcome.errorCount == 0)
        #expect((outcome.status != nil) == (kind != .profile))
        var new = World(kind)
        new.object = new.objectWithoutStatus
        // A trial waits for the profile that it names.
        new.parts.removeAll { $0.kind != .profile }
        #expect(try MutatedLife.live(MutationCase(kind, new)).actionCount > 0 || kind == .profile)
    }

    @Test(arguments: World.Kind.allCases) func `a mutated object ends nothing`(kind: World.Kind) async throws {
        let campaign = MutationCampaign(kind, count: 3_000)
        let tally = try await campaign.run { mutation in
            do { return try MutatedLife.live(mutation) } catch {
                Issue.record("\(error)\n\(mutation)")
                return MutatedLife.Outcome()
            }
        }
        let count = campaign.seeds.count
        // Mutations that nobody can read test the reader alone.
        #expect(tally.unreadable < count / 2)
        #expect(tally.wrong > count / 20)
        #expect(tally.good > count / 10)
        if kind != .profile {
            #expect(tally.statuses > count / 4)
            #expect(tally.actions > 0)
        }
        #expect(tally.longest.seconds < 5, "seed \(tally.longest.seed) took \(tally.longest.seconds) s")
    }

    @Test func `the same seed makes the same world`() {
        for kind in World.Kind.allCases {
            #expect(MutationCase(kind, seed: 7).description == MutationCase(kind, seed: 7).description)
            #expect(MutationCase(kind, seed: 7).description != MutationCase(kind, seed: 8).description)
        }
    }
}
