import AerieAPI
import Glibc
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// Two processes of the program, of which the one that leads is paused, as by a virtual machine that is moved.
@Suite(.timeLimit(.minutes(10))) struct PausedLeaderTests {
    @Test func `a leader that is paused past its lease and goes on has no effect any more`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.allowLeases(in: namespace)
        let (first, second) = (try candidate("first", cluster, namespace), try candidate("second", cluster, namespace))
        let pods = History<Pod>(cluster, in: namespace) { _ in true }
        let names = (0..<30).map { "job-\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await cluster.player(in: namespace).play { _ in .ends(exitCode: 0) } }
            // It finds out by itself that it leads no more, and ends for its successor to start clean.
            group.addTask { try await first.run() }
            try await cluster.wait(forLeaseIn: namespace, "first holds it") { $0.holderIdentity == "first" }
            group.addTask { try await second.run() }
            try await pods.record {
                try await withThrowingTaskGroup(of: Void.self) { creations in
                    for name in names {
                        creations.addTask {
                            try await cluster.admin.create(Self.job(name, in: namespace))
                        }
                    }
                    // In the middle of its work.
                    try await eventually("pods are being made") { pods.objectsByName.count >= 5 ? true : nil }
                    try await first.send(SIGSTOP)
                    try await creations.waitForAll()
                }
                let made = pods.objectsByName.count
                #expect(made < names.count * 3, "there is work left")
                try await cluster.wait(forLeaseIn: namespace, "second holds it") { $0.holderIdentity == "second" }
                for name in names {
                    try await cluster.wait(for: TFJob.self, namespace, name, "the second leader finishes it") {
                        $0.status?.isTrue(.succeeded) == true
                    }
                }
                try await cluster.waitForNone(Pod.resource, in: namespace)

                try await first.send(SIGCONT)
                let status = try await first.end()
                #expect(status != 0)
                #expect(first.output.contains("no longer leading"))
                // Time for whatever it had sent before it was paused to have its effect.
                try await cluster.admin.create(Samples.tfJob("last", in: namespace, workers: 1))
                try await cluster.wait(for: TFJob.self, namespace, "last", "it succeeds") {
                    $0.status?.isTrue(.succeeded) == true
                }
            }
            #expect(pods.objectsByName.count == names.count * 3 + 1)
            for (name, count) in pods.objectsByName { #expect(count == 1, "\(name) was made once") }
            for job in try await cluster.all(TFJob.self, in: namespace) {
                #expect(job.status?.restarts == 0 && job.status?.disruptions == 0, "\(job.metadata.name)")
            }
            let left = try await cluster.all(Pod.self, in: namespace).map(\.metadata.name)
            #expect(left.allSatisfy { $0 == "last-worker-0" }, "nothing was made after the end: \(left)")
        }
    }

    /// A job that ends when all its workers have, and whose pods go then: one that is made too late stays.
    private static func job(_ name: String, in namespace: String) -> Manifest {
        var job = Samples.tfJob(name, in: namespace, workers: 3, runPolicy: ["cleanPodPolicy": "All"])
        var spec = job.body["spec"] ?? [:]
        spec["successPolicy"] = "AllWorkers"
        job.body["spec"] = spec
        return job
    }

    private func candidate(
        _ identity: String, _ cluster: OperatorCluster, _ namespace: String
    ) throws -> ControllerProgram {
        try ControllerProgram(
            cluster, identity: identity, "--namespace", namespace, "--leader-election-namespace", namespace,
            "--leader-elect-lease-duration", "10", "--leader-elect-renew-deadline", "8", "--leader-elect-retry-period",
            "1")
    }
}
