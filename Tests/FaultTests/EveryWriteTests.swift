import TestCluster
import Testing

/// The controller's writes, each of them disturbed in every way.
@Suite(.serialized, .timeLimit(.minutes(30))) struct EveryWriteTests {
    @Test func `a controller killed before or after any write leaves the same world as one that lives`() async throws {
        try await disturb([.killBefore, .killAfter])
    }

    @Test func `a write that is lost, late, doubled or refused changes nothing about the end`() async throws {
        try await disturb([.drop, .lose, .delay, .duplicate, .conflict])
    }

    private func disturb(_ faults: [Fault]) async throws {
        let cluster = try await OperatorCluster.shared()
        try await install(on: cluster)
        let interference = Interference(admin: cluster.admin)
        let outcomes = try await FaultProxy.run(before: cluster.server, interference) { proxy in
            try await Campaign(cluster: cluster, proxy: proxy, interference: interference, faults: faults).run()
        }
        print(FaultTable(outcomes))
        for life in Life.all {
            for fault in faults {
                let struck = outcomes.count { $0.life == life.description && $0.fault == fault && $0.run.struck != nil }
                #expect(struck > 0, "\(life) was never \(fault.rawValue)")
            }
        }
    }

    /// The kinds of the schedulers whose part is played, and the rights to them.
    private func install(on cluster: OperatorCluster) async throws {
        try await ForeignDefinition.volcanoPodGroup.install(on: cluster)
        try await ForeignDefinition.schedulerPluginsPodGroup.install(on: cluster)
        for component in ["gang-volcano", "gang-scheduler-plugins"] {
            try await OperatorCluster.install("deploy/components/\(component)/role.yaml", with: cluster.admin)
        }
    }
}
