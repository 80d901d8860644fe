import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Trials that go wrong, and trials on accelerators.
@Suite(.timeLimit(.minutes(10))) struct TrialTests {
    @Test func `a trial that fails says why, and too many of them fail the experiment`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let script: PodPlayer.Script = { pod in
            .ends(exitCode: 65, message: Samples.failure(of: pod, .badData, "train.tfrecord: record 17 is damaged"))
        }
        try await cluster.withOperator(in: namespace, pods: script) { _ in
            try await cluster.admin.create(Samples.experiment("bad", in: namespace))
            let experiment = try await cluster.wait(
                for: TrainingExperiment.self, namespace, "bad", "it fails and nothing runs any more"
            ) { $0.status?.state == .failed && $0.status?.trials.active == 0 }
            #expect(experiment.status?.reason == "TooManyFailedTrials")
            #expect(experiment.status?.trials.failed ?? 0 >= 2)
            let message = experiment.status?.conditions.first("Failed")?.message ?? ""
            #expect(message.contains("more than maxFailedTrials 1"))
            #expect(message.contains("BadData"))
            #expect(message.contains("record 17 is damaged"))
            // One more may have begun between the two failures; it is stopped.
            for trial in try await cluster.all(Trial.self, in: namespace) where trial.status?.state != .stopped {
                #expect(trial.status?.state == .failed)
                #expect(trial.status?.reason == "BadData")
                #expect(
                    trial.status?.conditions.first("Failed")?.message
                        == "train.tfrecord: record 17 is damaged Exit code 65: bad input data.")
                #expect(trial.status?.attempts == 1, "bad data does not get better")
            }
        }
    }

    @Test(arguments: [("", "no result at all"), ("epoch 3 of 9", "a log")])
    func `a trial that ends well without a result is told so`(message: String, what: String) async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .ends(exitCode: 0, message: message) }) { _ in
            try await cluster.admin.create(
                Samples.experiment("silent", in: namespace) {
                    $0["maxTrials"] = 1
                    $0["parallelTrials"] = 1
                })
            let trial = try await cluster.wait(for: Trial.self, namespace, "silent-00001", "it fails") {
                $0.status?.state == .failed
            }
            #expect(trial.status?.reason == "MetricsUnavailable")
            #expect(
                trial.status?.conditions.first("Failed")?.message.contains("is no result of contract version 1") == true
            )
            let experiment = try await cluster.wait(for: TrainingExperiment.self, namespace, "silent", "it fails") {
                $0.status?.state == .failed
            }
            #expect(experiment.status?.reason == "NoSuccessfulTrial")
        }
    }

    @Test func `a trial waits for its accelerator's profile, and its pod goes where the profile says`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace) { _ in
            let profile = "a100-\(namespace)"
            try await cluster.admin.create(
                Samples.experiment("fast", in: namespace) {
                    $0["trial"]?["accelerator"] = ["profile": .string(profile), "count": 2]
                })
            let waiting = try await cluster.wait(for: Trial.self, namespace, "fast-00001", "it names what is missing") {
                $0.status?.reason == "AcceleratorProfileNotFound"
            }
            #expect(waiting.status?.state == .pending)
            #expect(
                waiting.status?.conditions.first("Running")?.message.contains(
                    "There is no AcceleratorProfile \(profile)")
                    == true)
            #expect(try await cluster.all(TFJob.self, in: namespace).isEmpty)

            let toleration: JSONValue = ["key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"]
            try await cluster.admin.create(
                Manifest(
                    Reference(AcceleratorProfile.resource, name: profile),
                    [
                        "spec": [
                            "resourceName": "nvidia.com/gpu", "nodeSelector": ["accelerator": "a100"],
                            "tolerations": [toleration], "allowedNamespaces": [.string(namespace)],
                        ]
                    ]))
            // At once, not only when the trial looks again by itself, half a minute later.
            let pod = try await cluster.document(
                Pod.resource, namespace, "fast-00001-worker-0", within: .seconds(20))
            #expect(pod["spec"]?["nodeSelector"] == ["accelerator": "a100"])
            let tolerations = pod["spec"]?["tolerations"]?.arrayValue ?? []
            #expect(tolerations.contains(toleration))
            #expect(pod["spec"]?["containers"]?[0]?["resources"]?["limits"] == ["nvidia.com/gpu": "2"])
            // No node has such an accelerator; the real scheduler says so, and the trial passes it on.
            let trial = try await cluster.wait(
                for: Trial.self, namespace, "fast-00001", "it tells what the scheduler says"
            ) {
                $0.status?.reason == "Unschedulable"
            }
            #expect(trial.status?.state == .pending)
        }
    }

    @Test func `a profile of other namespaces is not given away`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace) { _ in
            let profile = "private-\(namespace)"
            try await cluster.admin.create(
                Manifest(
                    Reference(AcceleratorProfile.resource, name: profile),
                    ["spec": ["resourceName": "nvidia.com/gpu", "allowedNamespaces": ["vision"]]]))
            try await cluster.admin.create(
                Samples.experiment("greedy", in: namespace) {
                    $0["trial"]?["accelerator"] = ["profile": .string(profile)]
                })
            try await cluster.wait(for: Trial.self, namespace, "greedy-00001", "it is refused") {
                $0.status?.reason == "AcceleratorNotAllowed"
            }
            #expect(try await cluster.all(TFJob.self, in: namespace).isEmpty)
        }
    }
}
