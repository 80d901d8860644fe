import FoundationEssentials
import Testing

@Suite struct TFJobSimulationTests {
    /// 2,000 jobs, each with its own misfortunes; `AERIE_SIMULATION_SEEDS` asks for another number of them.
    ///
    /// `AERIE_SIMULATION_SEED` plays a single one, with its trace.
    @Test(arguments: 0..<16) func `whatever happens, a job keeps its promises`(part: Int) {
        let environment = ProcessInfo.processInfo.environment
        let single = environment["AERIE_SIMULATION_SEED"].flatMap { UInt64($0) }
        let count = environment["AERIE_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 2_000
        let seeds = single.map { [$0] } ?? Array(stride(from: UInt64(part), to: count, by: 16))
        for seed in seeds where single == nil || part == 0 {
            var simulation = TFJobSimulation(seed: seed)
            simulation.run()
            guard let broken = simulation.broken.first else { continue }
            let trace = SimulationTrace()
            var replay = TFJobSimulation(seed: seed, trace: trace)
            replay.run()
            Issue.record(
                """
                seed \(seed), \(broken.words)
                \(trace.lines.suffix(single == nil ? 40 : 1_000).joined(separator: "\n"))
                """)
            return
        }
    }
}
