import AerieAPI
import ControllerRuntime
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Several operators for the same objects, of which one may act.
@Suite(.timeLimit(.minutes(10))) struct LeadershipTests {
    private static let timing = LeaderElection.Timing(
        // Long enough for a machine that is busy with much else.
        leaseDuration: .seconds(12), renewDeadline: .seconds(10), retryPeriod: .milliseconds(200))

    @Test func `of two operators one acts, and another takes over when it ends in order or dies`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let first = try candidate("first", cluster, namespace)
        let second = try candidate("second", cluster, namespace)
        let third = try candidate("third", cluster, namespace)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await first.run() }
            try await expectActing("first", on: "one", cluster, namespace)

            // The second may die at once; the first must end in order, which it can only while its task lives.
            try await withThrowingTaskGroup(of: Void.self) { mortals in
                mortals.addTask { await second.run() }
                try await expectActing("first", on: "two", cluster, namespace)
                await first.shutDown()
                try await expectActing("second", on: "three", cluster, namespace)
                mortals.cancelAll()
            }

            group.addTask { await third.run() }
            try await expectActing("third", on: "four", cluster, namespace)
        }
    }

    private func candidate(
        _ identity: String, _ cluster: OperatorCluster, _ namespace: String
    ) throws -> OperatorProcess {
        var options = OperatorProcess.Options(identity: identity)
        options.election = Self.timing
        return try OperatorProcess(cluster, in: namespace, options)
    }

    /// Waits until an operator leads, gives all of them a job, and looks who made its pods: every event tells which
    /// process acted.
    private func expectActing(
        _ identity: String, on name: String, _ cluster: OperatorCluster, _ namespace: String
    ) async throws {
        try await cluster.wait(
            for: Lease.self, OperatorCluster.systemNamespace, "aerie-controller", "\(identity) holds it"
        ) { $0.spec?.holderIdentity == identity }
        try await cluster.admin.create(Samples.tfJob(name, in: namespace, workers: 1))
        _ = try await cluster.document(Pod.resource, namespace, "\(name)-worker-0")
        let told = Selection(namespace: namespace, fieldSelector: "involvedObject.name=\(name)")
        let events = try await eventually("what was done for \(name) is told") {
            let events = try await cluster.admin.list(Kinds.event, told)
            let reasons = events.compactMap { $0["reason"]?.stringValue }
            return reasons.contains("SuccessfulCreateService") ? events : nil
        }
        // The scheduler's events are about the pod, not about the job.
        #expect(Set(events.compactMap { $0["reportingInstance"]?.stringValue }) == [identity])
    }
}
