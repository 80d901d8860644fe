import AerieAPI
import FoundationEssentials
import Glibc
import KubernetesAPI
import KubernetesClient
import PrometheusMetrics
import TestCluster
import TestSupport
import Testing

/// Where the Kubeflow training operator is at work too, on a control plane that no other test uses.
@Suite(.timeLimit(.minutes(10)), .serialized) struct TrainingOperatorTests {
    private static let installation = Task {
        let cluster = try await OperatorCluster(on: try await ControlPlane.separate())
        try await cluster.installDefinitions()
        return cluster
    }
    private static let lease = "1ca428e5.training-operator.kubeflow.org"
    private static let definition = Reference(
        Resource(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions", isNamespaced: false), name: "tfjobs.kubeflow.org")

    @Test func `TFJobs are left to a training operator that renews its lease, and are ours when it has gone`()
        async throws
    {
        let cluster = try await Self.installation.value
        let namespace = try await cluster.server.namespace("beside")
        let kubeflow = try await cluster.server.namespace("kubeflow")
        let renewals = Signal()
        try await renew(cluster, Reference(Lease.resource, namespace: kubeflow, name: Self.lease))
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                while !renewals.isGiven {
                    try await renew(cluster, Reference(Lease.resource, namespace: kubeflow, name: Self.lease))
                    try await Task.sleep(for: .milliseconds(300))
                }
            }
            var options = OperatorProcess.Options()
            options.coexistencePeriod = .milliseconds(500)
            try await cluster.withOperator(in: namespace, options) { process in
                try await cluster.admin.create(Self.job("theirs", in: namespace))
                try await cluster.admin.create(Samples.experiment("ours", in: namespace))
                let held = try await cluster.wait(for: TFJob.self, namespace, "theirs", "it says why nothing happens") {
                    $0.status?.isTrue(.stalled) == true
                }
                #expect(held.status?.reason == "TrainingOperatorRuns")
                let message = held.status?.condition(.stalled)?.message ?? ""
                #expect(message.contains("\(kubeflow)/\(Self.lease)") && message.contains("--adopt-tfjobs"))
                try await told("TrainingOperatorRuns", of: "theirs", cluster, namespace)
                #expect(try await cluster.all(Pod.self, in: namespace).isEmpty)
                #expect(process.metrics.text.contains(#"aerie_tfjobs_held_back{reason="TrainingOperatorRuns"} 1"#))

                // Trials exist, and say why they do not run; so does the experiment.
                try await cluster.wait(for: Trial.self, namespace, "ours-00001", "it says what it waits for") {
                    $0.status?.reason == "TrainingOperatorRuns"
                }
                let experiment = try await cluster.wait(
                    for: TrainingExperiment.self, namespace, "ours", "it says what its trials wait for"
                ) { $0.status?.reason == "TrainingOperatorRuns" }
                #expect(experiment.status?.state == .pending)

                // A job that the other operator works on is not touched at all.
                let taken = try await takeUp("theirs-too", cluster, namespace)
                renewals.give()
                try await cluster.wait(for: TFJob.self, namespace, "theirs", "the lease runs out, and it is ours") {
                    $0.status?.condition(.stalled) == nil && $0.status?.condition(.created) != nil
                }
                _ = try await cluster.document(Pod.resource, namespace, "theirs-worker-0")
                _ = try await cluster.document(Pod.resource, namespace, "theirs-too-worker-0")
                #expect(taken == 1, "one version: that of the other operator")
                #expect(process.metrics.text.contains(#"aerie_tfjobs_held_back{reason="TrainingOperatorRuns"} 0"#))
            }
        }
        try await cluster.admin.delete(Reference(Lease.resource, namespace: kubeflow, name: Self.lease))
    }

    @Test func `where someone else installed TFJob nothing happens until the jobs are adopted`() async throws {
        let cluster = try await Self.installation.value
        let namespace = try await cluster.server.namespace("foreign")
        // As upstream's manifests leave it: without our label.
        try await cluster.admin.patch(Self.definition, ["metadata": ["labels": ["app.kubernetes.io/part-of": .null]]])
        try await cluster.admin.create(Self.job("waiting", in: namespace))
        try await cluster.withOperator(in: namespace) { _ in
            let held = try await cluster.wait(for: TFJob.self, namespace, "waiting", "it says why nothing happens") {
                $0.status?.isTrue(.stalled) == true
            }
            #expect(held.status?.reason == "TFJobDefinitionNotOurs")
            #expect(held.status?.condition(.stalled)?.message?.contains("--adopt-tfjobs") == true)
            try await told("TFJobDefinitionNotOurs", of: "waiting", cluster, namespace)
            #expect(try await cluster.all(Pod.self, in: namespace).isEmpty)
        }
        let program = try ControllerProgram(
            cluster, identity: "adopter", "--namespace", namespace, "--no-leader-elect", "--adopt-tfjobs",
            "--controller-threads", "2")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await program.run() }
            defer { group.cancelAll() }
            try await cluster.wait(for: TFJob.self, namespace, "waiting", "it was adopted") {
                $0.status?.condition(.created) != nil && $0.status?.condition(.stalled) == nil
            }
            _ = try await cluster.document(Pod.resource, namespace, "waiting-worker-0")
            #expect(program.output.contains("TFJobs are adopted"))
        }
        let label: JSONValue = ["app.kubernetes.io/part-of": "aerie"]
        try await cluster.admin.patch(Self.definition, ["metadata": ["labels": label]])
    }

    @Test func `SIGTERM ends the program in order, and in time though the server hangs`() async throws {
        let cluster = try await Self.installation.value
        let namespace = try await cluster.server.namespace("slow")
        let port = try ControlPlane.freePorts(1)[0]
        let quick = try ControllerProgram(
            cluster, identity: "quick", "--namespace", namespace, "--health-port", "\(port)")
        let slow = try ControllerProgram(cluster, identity: "slow", "--namespace", namespace)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await quick.run() }
            try await holds("quick", cluster)
            try await cluster.admin.create(Self.job("one", in: namespace))
            _ = try await cluster.document(Pod.resource, namespace, "one-worker-0")
            try await checkMetrics(port)
            try await quick.send(SIGTERM)
            let status = try await quick.end()
            #expect(status == 0)
            // Given back, so that the next one need not wait for it to run out.
            try await holds("", cluster)

            group.addTask { try await slow.run() }
            try await holds("slow", cluster)
            for number in 0..<40 { try await cluster.admin.create(Self.job("job-\(number)", in: namespace)) }
            _ = try await cluster.document(Pod.resource, namespace, "job-0-worker-0")
            try await endWhileServerHangs(slow, cluster)
        }
    }

    private func endWhileServerHangs(_ program: ControllerProgram, _ cluster: OperatorCluster) async throws {
        let text = try String(contentsOfFile: "\(cluster.server.directory)/kube-apiserver.pid", encoding: .utf8)
        let apiServer = try #require(pid_t(text.filter(\.isNumber)))
        #expect(kill(apiServer, SIGSTOP) == 0)
        defer { kill(apiServer, SIGCONT) }
        let began = ContinuousClock.now
        try await program.send(SIGTERM)
        let status = try await program.end()
        // The pod's termination grace period.
        #expect(began.duration(to: .now) < .seconds(20))
        #expect(status < 128, "it ended by itself and did not crash: \(program.output.suffix(500))")
    }

    /// As `promtool` reads the metrics of a program at work.
    private func checkMetrics(_ port: UInt16) async throws {
        let metrics = try await Tool.run("curl", ["--silent", "--fail", "http://127.0.0.1:\(port)/metrics"])
        for name in [
            "workqueue_depth", "workqueue_longest_running_processor_seconds", "controller_runtime_active_workers",
            "controller_runtime_max_concurrent_reconciles", "leader_election_master_status", "aerie_build_info",
            "rest_client_requests_total", "process_resident_memory_bytes", "training_operator_jobs_created_total",
        ] {
            #expect(metrics.contains("\n# TYPE \(name) "), "\(name)")
        }
        let file = try TemporaryFile(metrics)
        let check = try await Tool.outcome(
            of: "bash",
            ["-c", "PATH=$PATH:${AERIE_CACHE:-$HOME/.cache/aerie}/prometheus promtool check metrics < \(file.path)"])
        #expect(check.status == 0, "\(check.output)\(check.error)")
    }

    private func holds(_ identity: String, _ cluster: OperatorCluster) async throws {
        try await cluster.wait(
            for: Lease.self, OperatorCluster.systemNamespace, "aerie-controller", "'\(identity)' holds it"
        ) { $0.spec?.holderIdentity == identity }
    }

    /// What the training operator does every two seconds.
    private func renew(_ cluster: OperatorCluster, _ lease: Reference) async throws {
        let spec: JSONValue = [
            "holderIdentity": "training-operator-5d9c_1", "leaseDurationSeconds": 5,
            "renewTime": .string(MicroTime.now.description),
        ]
        try await cluster.admin.apply(Manifest(lease, ["spec": spec]))
    }

    /// Creates a job with the status that the training operator gives it at once; returns how many versions that were.
    private func takeUp(_ name: String, _ cluster: OperatorCluster, _ namespace: String) async throws -> Int {
        let created = try await cluster.admin.create(Self.job(name, in: namespace), as: TFJob.self)
        let condition: JSONValue = [
            "type": "Created", "status": "True", "reason": "TFJobCreated", "message": "TFJob is created.",
        ]
        let written = try await cluster.admin.patchStatus(created.reference, ["status": ["conditions": [condition]]])
        let version = written["metadata"]?["resourceVersion"]
        // Longer than the patience with which a job without conditions is watched.
        try await cluster.wait(for: TFJob.self, namespace, "theirs", "it stays as it is") {
            $0.status?.isTrue(.stalled) == true
        }
        return try await cluster.admin.get(created.reference)["metadata"]?["resourceVersion"] == version ? 1 : 2
    }

    private func told(_ reason: String, of name: String, _ cluster: OperatorCluster, _ namespace: String) async throws {
        let selection = Selection(namespace: namespace, fieldSelector: "involvedObject.name=\(name)")
        try await eventually("an event \(reason) tells of \(name)") {
            let events = try await cluster.admin.list(Kinds.event, selection)
            return events.contains { $0["reason"]?.stringValue == reason } ? true : nil
        }
    }

    private static func job(_ name: String, in namespace: String) -> Manifest {
        Samples.tfJob(name, in: namespace, workers: 1)
    }
}
