import AerieAPI
import Synchronization
import TestCluster
import Testing

/// What an experiment comes to on a control plane while nobody disturbs it, to compare others with.
struct Disturbance: Sendable {
    private let cluster: OperatorCluster
    private let reference: Course.Outcome

    init(on cluster: OperatorCluster) async throws {
        self.cluster = cluster
        let interference = Interference(admin: cluster.admin)
        reference = try await FaultProxy.run(before: cluster.server, interference) { proxy in
            try await Course(cluster: cluster, proxy: proxy, interference: interference, life: .experiment).run()
        }
        try #require(reference.problems == [])
    }

    /// Runs the experiment with `disturb` from the moment that its first trials train.
    func expectSameEnd(
        controllers: Int = 1, arguments: [String] = ["--no-leader-elect"], environment: [String: String] = [:],
        isolation: isolated (any Actor)? = #isolation, _ disturb: (Gate) async throws -> Void
    ) async throws {
        let (cluster, reference) = (cluster, reference)
        let gate = Gate()
        let isUnderWay = Mutex(false)
        var life = gate.holding(.experiment)
        life.people = { cluster, namespace in
            try await eventually("two trials train", within: .seconds(300)) {
                let trials = try await cluster.all(Trial.self, in: namespace)
                return trials.count { $0.status?.state == .running } == 2 ? true : nil
            }
            isUnderWay.withLock { $0 = true }
        }
        let disturbed = life
        let interference = Interference(admin: cluster.admin)
        async let outcome = FaultProxy.run(before: cluster.server, interference) { proxy in
            try await Course(
                cluster: cluster, proxy: proxy, interference: interference, life: disturbed, reference: reference,
                controllers: controllers, arguments: arguments, environment: environment
            ).run()
        }
        try await eventually("the experiment is under way", within: .seconds(300)) {
            isUnderWay.withLock { $0 } ? true : nil
        }
        try await disturb(gate)
        let (problems, created) = try await (outcome.problems, outcome.run.created)
        #expect(problems == [])
        #expect(created["trials"] == 2)
    }
}
