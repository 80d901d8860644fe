import Testing

@Suite struct TFJobSimulationTests {
    /// 1,000 jobs, each with its own misfortunes.
    @Test(arguments: 0..<10) func `whatever happens, counts hold, verdicts stay and nothing is left behind`(
        hundred: Int
    ) throws {
        for seed in hundred * 100..<(hundred + 1) * 100 {
            var simulation = TFJobSimulation(seed: UInt64(seed))
            try simulation.run()
            #expect(simulation.violations.isEmpty, "seed \(seed)")
        }
    }
}
