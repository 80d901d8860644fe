import AerieAPI
import KubernetesAPI
import TestRandom
import Testing

@Suite struct ExperimentSimulationTests {
    @Test(
        """
        in any world an experiment ends, within its limits, with the best checkpoint there was, and an obeyed plan asks \
        for nothing
        """, arguments: 0..<300 as Range<UInt64>)
    func simulation(seed: UInt64) throws {
        var world = ExperimentWorld(seed: seed)
        var steps = 0
        while world.experiment.status?.isTerminal != true || world.active > 0 {
            try world.reconcile()
            world.happen()
            steps += 1
            try #require(steps < 5_000, "no end")
        }
        // Everything is heard of and everything is done.
        for _ in 0..<10 {
            world.catchUp()
            try world.reconcile()
        }
        #expect(world.violations.isEmpty)

        let plan = world.decide()
        #expect(plan.actions.isEmpty)
        #expect(try plan.status == JSONValue(encoding: world.experiment.status))

        let status = try #require(world.experiment.status)
        #expect(status.trials.ended == status.trials.created)
        let best = status.best?.value
        switch world.experiment.spec.objective.goal {
        case .maximize: #expect(world.values.allSatisfy { $0 <= best ?? 1 })
        case .minimize: #expect(world.values.allSatisfy { $0 >= best ?? 0 })
        }
        #expect(status.state == .failed || best != nil)
    }

    @Test(
        "whatever trials somebody makes in its name, an experiment keeps its budgets and ends",
        arguments: 0..<300 as Range<UInt64>)
    func forgery(seed: UInt64) throws {
        var world = ExperimentWorld(seed: seed, isForging: true)
        var steps = 0
        while world.experiment.status?.isTerminal != true || world.active > 0 {
            try world.reconcile()
            world.happen()
            steps += 1
            try #require(steps < 5_000, "no end")
        }
        for _ in 0..<10 {
            world.catchUp()
            try world.reconcile()
        }
        #expect(world.violations.isEmpty)
        #expect(world.decide().actions.isEmpty)
        let status = try #require(world.experiment.status)
        #expect(status.state == .failed || status.best != nil)
        #expect(status.best.map { world.values.contains($0.value) } ?? true)
    }

    @Test(
        "the same seed tries the same assignments, whatever happens in the world around",
        arguments: 0..<50 as Range<UInt64>)
    func assignments(seed: UInt64) throws {
        var first = ExperimentWorld(seed: seed)
        var second = ExperimentWorld(seed: seed)
        second.random = SeededGenerator(seed: seed &+ 1_000)
        for _ in 0..<40 {
            try first.reconcile()
            first.happen()
            try second.reconcile()
            second.happen()
        }
        let common = Set(first.assignments.keys).intersection(second.assignments.keys)
        #expect(common.contains(1))
        for number in common { #expect(first.assignments[number] == second.assignments[number]) }
    }
}
