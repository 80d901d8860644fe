import AerieAPI
import Glibc
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// The program on a machine whose wall clock is set while it leads.
@Suite(.timeLimit(.minutes(10))) struct ClockStepTests {
    @Test func `a clock that is set forward and back costs neither the lease, nor a pod, nor a deadline`() async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.allowLeases(in: namespace)
        let clock = try await WallClock(ahead: 0)
        let program = try ControllerProgram(
            on: cluster.server, token: cluster.token,
            ["--namespace", namespace, "--leader-election-namespace", namespace, "--log-level", "debug"],
            environment: clock.environment)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await program.run() }
            group.addTask { try await cluster.player(in: namespace).play(Self.script) }
            try await create("long", ["backoffLimit": 3], cluster, namespace)
            try await create("patient", ["activeDeadlineSeconds": 3_600], cluster, namespace)
            try await create("kept", ["ttlSecondsAfterFinished": 3_600], cluster, namespace)
            try await waitUntil("long", .running, cluster, namespace)
            try await waitUntil("patient", .running, cluster, namespace)
            try await waitUntil("kept", .succeeded, cluster, namespace)
            let pod = try await cluster.document(Pod.resource, namespace, "long-worker-0")
            let lease = try await cluster.wait(forLeaseIn: namespace, "somebody leads") { $0.holderIdentity != "" }

            // What waits for a moment does so by the monotonic clock, and yet the moment has come.
            try clock.set(ahead: 7_200)
            try await waitUntil("patient", .failed, cluster, namespace)
            try await eventually("the job whose time to live is over goes") {
                try await cluster.all(TFJob.self, in: namespace).contains { $0.metadata.name == "kept" } ? nil : true
            }
            try await cluster.wait(forLeaseIn: namespace, "it is renewed by the new time") {
                Self.hours(from: lease.spec?.renewTime, to: $0.renewTime) >= 2
            }

            // Moments that were written meanwhile lie in the future now.
            try clock.set(ahead: 0)
            try await cluster.wait(forLeaseIn: namespace, "it is renewed by the old time") {
                Self.hours(from: lease.spec?.renewTime, to: $0.renewTime) < 1
            }
            try await create("later", ["activeDeadlineSeconds": 3_600], cluster, namespace)
            try await create("brief", ["ttlSecondsAfterFinished": 1], cluster, namespace)
            try await waitUntil("later", .running, cluster, namespace)
            try await eventually("brief, which ends at once, goes a second later") {
                try await cluster.all(TFJob.self, in: namespace).contains { $0.metadata.name == "brief" } ? nil : true
            }

            let job = try await cluster.wait(for: TFJob.self, namespace, "long", "it runs as before") {
                $0.status?.isTrue(.running) == true
            }
            #expect(job.status?.restarts == 0 && job.status?.disruptions == 0)
            let same = try await cluster.document(Pod.resource, namespace, "long-worker-0")
            #expect(same["metadata"]?["uid"] == pod["metadata"]?["uid"])
            let end = try await cluster.wait(forLeaseIn: namespace, "somebody leads") { $0.holderIdentity != "" }
            #expect(end.spec?.holderIdentity == lease.spec?.holderIdentity)
            #expect(end.spec?.leaseTransitions == lease.spec?.leaseTransitions)
            try await program.send(SIGTERM)
            #expect(try await program.end() == 0)
        }
        #expect(program.output.contains("the wall clock was set"))
        #expect(program.output.contains("sl-service"), "it logs its services")
        #expect(!program.output.contains(cluster.token), "no secret is in the log")
    }

    private static let script: PodPlayer.Script = { pod in
        ["kept", "brief"].contains(pod.label(TFJob.Label.jobName)) ? .ends(exitCode: 0) : .runs
    }

    private static func hours(from start: MicroTime?, to end: MicroTime?) -> Int64 {
        guard let start, let end else { return 0 }
        // The renewal that the first moment comes from was at most some minutes ago.
        return (end.time.seconds(since: start.time) + 1_800) / 3_600
    }

    private func create(
        _ name: String, _ runPolicy: JSONValue, _ cluster: OperatorCluster, _ namespace: String
    ) async throws {
        try await cluster.admin.create(Samples.tfJob(name, in: namespace, workers: 1, runPolicy: runPolicy))
    }

    private func waitUntil(
        _ name: String, _ condition: TFJob.JobCondition.ConditionType, _ cluster: OperatorCluster, _ namespace: String
    ) async throws {
        try await cluster.wait(for: TFJob.self, namespace, name, "it is \(condition.rawValue)") {
            $0.status?.isTrue(condition) == true
        }
    }
}
