import AerieAPI
import FoundationEssentials
import KubernetesAPI
import KubernetesClient
import PrometheusMetrics
import TestCluster
import Testing

/// What a Prometheus server sees of a controller at work.
@Suite(.timeLimit(.minutes(10))) struct MetricsTests {
    @Test func `upstream's counters count what became of jobs, each thing once`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.admin.create(Self.foreignPod(in: namespace))
        let hasFailed = Signal()
        let script: PodPlayer.Script = { pod in
            switch pod.label(TFJob.Label.jobName) {
            case "good", "brief": .ends(exitCode: 0)
            case "bad": .ends(exitCode: 1)
            // Its first pod is killed.
            default: hasFailed.isGiven ? .runs : .ends(exitCode: 137)
            }
        }
        try await cluster.withOperator(in: namespace, pods: script) { process in
            try await cluster.admin.create(Samples.tfJob("good", in: namespace, workers: 2))
            try await cluster.admin.create(Samples.tfJob("bad", in: namespace, workers: 1))
            try await cluster.admin.create(
                Samples.tfJob("brief", in: namespace, workers: 1, runPolicy: ["ttlSecondsAfterFinished": 0]))
            try await cluster.admin.create(
                Samples.tfJob("lost", in: namespace, workers: 1, restartPolicy: "ExitCode"))
            try await eventually("the first pod has failed") {
                let pods = try await cluster.all(Pod.self, in: namespace)
                return pods.contains { $0.metadata.name == "lost-worker-0" && $0.phase == .failed } ? true : nil
            }
            hasFailed.give()
            try await cluster.wait(for: TFJob.self, namespace, "lost", "it runs again") {
                $0.status?.restarts == 1 && $0.status?.isTrue(.running) == true
            }
            try await cluster.wait(for: TFJob.self, namespace, "good", "it succeeds") {
                $0.status?.isTrue(.succeeded) == true
            }
            try await cluster.wait(for: TFJob.self, namespace, "bad", "it fails") {
                $0.status?.isTrue(.failed) == true
            }
            let labels = #"{job_namespace="\#(namespace)",framework="tensorflow"}"#
            let wanted = [
                "training_operator_jobs_created_total\(labels) 4",
                "training_operator_jobs_successful_total\(labels) 2",
                "training_operator_jobs_failed_total\(labels) 1",
                "training_operator_jobs_restarted_total\(labels) 1",
                "training_operator_jobs_deleted_total\(labels) 1",
                #"aerie_tfjobs{namespace="\#(namespace)",state="Running"} 1"#,
                #"aerie_tfjobs{namespace="\#(namespace)",state="Succeeded"} 1"#,
                #"aerie_tfjobs{namespace="\#(namespace)",state="Failed"} 1"#,
                #"aerie_tfjobs_held_back{reason="TrainingOperatorRuns"} 0"#,
            ]
            try await eventually("the metrics say so: \(process.metrics.text)", within: .seconds(60)) {
                let lines = Set(process.metrics.text.split(separator: "\n").map(String.init))
                return lines.isSuperset(of: wanted) ? true : nil
            }
            // Long after, and with reconciles in between, nothing is counted again.
            try await cluster.admin.patch(
                Reference(TFJob.resource, namespace: namespace, name: "good"), ["metadata": ["labels": ["a": "b"]]])
            try await cluster.wait(for: TFJob.self, namespace, "good", "it was looked at again") {
                $0.metadata.labels["a"] == "b"
            }
            let lines = Set(process.metrics.text.split(separator: "\n").map(String.init))
            #expect(lines.isSuperset(of: wanted))
        }
    }

    @Test func `pods that are no part of a job are not kept in memory`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        for number in 0..<5 { try await cluster.admin.create(Self.foreignPod("stranger-\(number)", in: namespace)) }
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { process in
            try await cluster.admin.create(Samples.tfJob("mine", in: namespace, workers: 2))
            try await cluster.wait(for: TFJob.self, namespace, "mine", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            for number in 5..<10 {
                try await cluster.admin.create(Self.foreignPod("stranger-\(number)", in: namespace))
            }
            // Later than those pods, and seen by the same watch.
            try await cluster.admin.create(Samples.tfJob("next", in: namespace, workers: 1))
            try await cluster.wait(for: TFJob.self, namespace, "next", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            let pods = try await cluster.all(Pod.self, in: namespace)
            #expect(pods.count == 13)
            let prefix = #"aerie_cached_objects{kind="Pod","#
            let cached = process.metrics.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
            #expect(
                Set(cached) == [
                    #"aerie_cached_objects{kind="Pod",selector="aerie.dev/promotion"} 0"#,
                    #"aerie_cached_objects{kind="Pod",selector="\#(TFJob.Label.operatorName)=tfjob-controller"} 3"#,
                ])
        }
    }

    @Test func `nothing that the operator makes has a finalizer, as nothing outside has to be cleaned`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
            try await cluster.admin.create(Story.experiment("plain", in: namespace))
            _ = try await Story.wait(for: cluster, namespace, "plain")
            for resource in WatchedKinds.all where resource.isNamespaced {
                let objects = try await cluster.admin.list(resource, Selection(namespace: namespace))
                let held = objects.filter { !($0["metadata"]?["finalizers"]?.arrayValue ?? []).isEmpty }
                #expect(held.isEmpty, "\(resource.plural)")
            }
        }
    }

    @Test func `every metric is explained in docs/metrics.md`() async throws {
        let cluster = try await OperatorCluster.shared()
        let process = try OperatorProcess(cluster, in: try await cluster.namespace())
        ProcessMetrics.register(in: process.metrics)
        let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let guide = try String(contentsOfFile: "\(repository)/docs/metrics.md", encoding: .utf8)
        let names = process.metrics.names
        #expect(names.count > 30)
        for name in names { #expect(guide.contains("`\(name)`"), "\(name)") }
    }

    private static func foreignPod(_ name: String = "stranger", in namespace: String) -> Manifest {
        Manifest(
            Reference(Pod.resource, namespace: namespace, name: name),
            [
                "spec": [
                    // Needs no token, which the controller manager makes a moment after the account.
                    "automountServiceAccountToken": false, "containers": [["name": "main", "image": "nginx:1"]],
                ]
            ])
    }
}
