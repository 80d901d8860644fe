import AerieAPI
import KubernetesAPI
import KubernetesClient
import PrometheusMetrics
import TestCluster
import Testing

/// What the server refuses, what cannot be carried out, and what cannot be read.
@Suite(.timeLimit(.minutes(10))) struct RefusalTests {
    @Test func `a job whose pods a quota refuses says so, and goes on when the quota is raised`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let quota = Reference(Kinds.resourceQuota, namespace: namespace, name: "small")
        try await cluster.admin.create(Manifest(quota, ["spec": ["hard": ["pods": "0"]]]))
        try await eventually("the quota is in force") {
            try await cluster.admin.get(quota)["status"]?["hard"]?["pods"]
        }
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            try await cluster.admin.create(Samples.tfJob("poor", in: namespace, workers: 1))
            let stalled = try await cluster.wait(for: TFJob.self, namespace, "poor", "it says what keeps it") {
                $0.status?.isTrue(.stalled) == true
            }
            #expect(stalled.status?.reason == "FailedCreatePod")
            #expect(stalled.status?.condition(.stalled)?.message?.contains("exceeded quota: small") == true)

            try await cluster.admin.patch(quota, ["spec": ["hard": ["pods": "4"]]])
            let running = try await cluster.wait(for: TFJob.self, namespace, "poor", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(running.status?.condition(.stalled) == nil)
        }
    }

    @Test func `a job that cannot be carried out names the field, and starts when it is put right`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob("odd", in: namespace, workers: 1, container: "trainer")
            try await InstalledDefinitions(on: cluster.admin).storePastRules(job)
            let stalled = try await cluster.wait(for: TFJob.self, namespace, "odd", "it names the field") {
                $0.status?.reason == "InvalidSpec"
            }
            let message = stalled.status?.condition(.stalled)?.message ?? ""
            #expect(message.hasPrefix("spec.tfReplicaSpecs.Worker.template.spec.containers"))
            #expect(message.contains("tensorflow"))
            #expect(try await cluster.all(Pod.self, in: namespace).isEmpty)

            let right = Samples.tfJob("odd", in: namespace, workers: 1)
            try await cluster.admin.patch(job.reference, ["spec": right.body["spec"] ?? [:]])
            let running = try await cluster.wait(for: TFJob.self, namespace, "odd", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(running.status?.condition(.stalled) == nil)
        }
    }

    @Test func `an experiment that cannot be carried out names the field, and starts when it is put right`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace) { _ in
            let range: JSONValue = ["double": ["min": 0.001, "max": 0.01]]
            func parameters(_ name: String) -> JSONValue { [range.merging(["name": .string(name)])] }
            let experiment = Samples.experiment("typo", in: namespace) { $0["parameters"] = parameters("learningRat") }
            try await InstalledDefinitions(on: cluster.admin).storePastRules(experiment)
            let failed = try await cluster.wait(for: TrainingExperiment.self, namespace, "typo", "it names the field") {
                $0.status?.reason == "InvalidSpec"
            }
            let message = failed.status?.conditions.first("Failed")?.message ?? ""
            #expect(message.hasPrefix("spec.parameters[0]"))
            #expect(message.contains("learningRat"))
            #expect(try await cluster.all(Trial.self, in: namespace).isEmpty)

            try await cluster.admin.patch(
                experiment.reference, ["spec": ["parameters": parameters("learningRate")]])
            let running = try await cluster.wait(for: TrainingExperiment.self, namespace, "typo", "it has trials") {
                $0.status?.trials.created == 2
            }
            #expect(running.status?.state == .running)
            #expect(running.status?.conditions.isTrue("Failed") == false)
        }
    }

    @Test func `an object that cannot be read is counted, and the others go on without it`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        // As another release might have left it: this one knows metrics as numbers only.
        let trial = Reference(Trial.resource, namespace: namespace, name: "strange")
        try await cluster.admin.create(
            Manifest(
                trial,
                [
                    "spec": [
                        "experiment": "gone", "number": 1, "objective": ["metric": .string(Samples.metric)],
                        "dataset": ["uri": "pvc://datasets"], "checkpoints": ["uri": "pvc://checkpoints"],
                        "template": ["trainer": ["image": "aerie-trainer:1"]],
                    ]
                ]))
        try await cluster.admin.patchStatus(trial, ["status": ["metrics": ["validation/accuracy": ["mean": 0.5]]]])

        try await cluster.withOperator(in: namespace, pods: Story.script) { process in
            try await cluster.admin.create(Samples.experiment("fine", in: namespace))
            try await cluster.wait(for: TrainingExperiment.self, namespace, "fine", "it ends well") {
                $0.status?.state == .succeeded
            }
            #expect(process.metrics.text.contains("aerie_undecodable_objects_total{kind=\"Trial\"} 1"))
            let about = Selection(namespace: namespace, fieldSelector: "involvedObject.name=strange")
            let message = try await eventually("the object tells why") {
                try await cluster.admin.list(Kinds.event, about).first?["message"]?.stringValue
            }
            #expect(message.hasPrefix("aerie cannot read this object"), "\(message)")
        }
    }
}

extension JSONValue {
    fileprivate func merging(_ members: [String: JSONValue]) -> JSONValue {
        members.reduce(into: self) { $0[$1.key] = $1.value }
    }
}
