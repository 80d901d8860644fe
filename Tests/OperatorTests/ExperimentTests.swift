import AerieAPI
import KubernetesAPI
import KubernetesClient
import Suggestion
import TestCluster
import Testing

/// Experiments on a real control plane: from parameters to trials, to the best checkpoint, to a rolled-out image.
@Suite(.timeLimit(.minutes(10))) struct ExperimentTests {
    @Test func `an experiment tries its assignments two at a time, keeps the best checkpoint and rolls it out`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let trials = History<Trial>(cluster, in: namespace) { $0.status?.state.isTerminal != true }
        try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
            let experiment = try await trials.record {
                try await cluster.admin.create(Story.experiment("landsat", in: namespace))
                return try await Story.wait(for: cluster, namespace, "landsat")
            }
            #expect(trials.largestNumber == 2, "never more than parallelTrials")
            #expect(trials.objectsByName.values.allSatisfy { $0 == 1 })
            try await expectTrials(of: experiment, cluster)
            try expectBest(of: experiment)
            try await expectPromotion(of: experiment, cluster)
        }
    }

    private func expectTrials(of experiment: TrainingExperiment, _ cluster: OperatorCluster) async throws {
        let namespace = experiment.metadata.namespace
        let trials = try await cluster.all(Trial.self, in: namespace)
        #expect(trials.map(\.metadata.name) == (1...4).map { "landsat-0000\($0)" })
        let sampler = experiment.spec.algorithm.sampler(for: SearchSpace(experiment.spec.parameters))
        #expect(trials.map(\.spec.parameters) == sampler.propose(1...4, history: []))
        let folder = "pvc://checkpoints/\(namespace)/landsat-\(experiment.metadata.uid.prefix(8))"
        for trial in trials {
            let name = trial.metadata.name
            #expect(trial.status?.state == .succeeded)
            #expect(trial.spec.checkpoints.uri == "\(folder)/\(name)")
            let job = try await cluster.document(TFJob.resource, namespace, name)
            #expect(job["metadata"]?["ownerReferences"]?[0]?["uid"] == .string(trial.metadata.uid))
            let pod = PlayedPod(try await cluster.document(Pod.resource, namespace, "\(name)-worker-0"))
            let environment = try TrialEnvironment(variables: pod.environment)
            #expect(environment.trial == name)
            #expect(environment.trialUID == trial.metadata.uid)
            #expect(environment.parameters == trial.spec.parameters)
            #expect(environment.checkpointURI == "file:///checkpoints", "a trial sees no other trial's folder")
            #expect(environment.datasetURI == "file:///data")
        }
        #expect(trials[2].status?.reason == "ObjectiveNotFinite")
        #expect(trials[2].status?.value == nil)
        #expect(trials[3].status?.checkpoints?.map(\.step) == [1500, 2500])
    }

    private func expectBest(of experiment: TrainingExperiment) throws {
        let status = try #require(experiment.status)
        #expect(status.state == .succeeded)
        #expect(status.reason == "MaxTrialsReached")
        #expect(status.completed == "4/4")
        #expect(status.trials.succeeded == 4)
        #expect(status.trials.active == 0)
        let best = try #require(status.best)
        #expect(best.trial == "landsat-00002")
        #expect(best.value == 0.9)
        #expect(best.checkpoint.step == 1500)
        #expect(best.checkpoint.digest == Samples.digest("2/1500"))
        #expect(best.metrics[Samples.metric] == 0.9)
    }

    private func expectPromotion(of experiment: TrainingExperiment, _ cluster: OperatorCluster) async throws {
        let namespace = experiment.metadata.namespace
        #expect(experiment.status?.promotion?.imageDigest == Samples.imageDigest)
        let name = try #require(experiment.status?.promotion?.name)
        let promotions = try await cluster.all(ModelPromotion.self, in: namespace)
        #expect(promotions.map(\.metadata.name) == [name])
        let status = try #require(promotions.first?.status)
        #expect(status.conditions.isTrue("GatesPassed"))
        #expect(status.image?.digest == Samples.imageDigest)
        #expect(status.url == "http://landsat.\(namespace).svc:8501/v1/models/landsat")
        #expect(try await cluster.all(Job.self, in: namespace).map(\.metadata.name) == [name])

        let job = try await cluster.document(Job.resource, namespace, name)
        let template = job["spec"]?["template"]?["spec"] ?? [:]
        #expect(template["initContainers"]?[0]?["name"] == "export")
        #expect(template["initContainers"]?[0]?["image"] == "aerie-trainer:1")
        #expect(template["containers"]?[0]?["image"] == "aerie:1")
        expectRestricted(template)

        let deployment = try await cluster.document(Deployment.resource, namespace, "landsat")
        let serving = deployment["spec"]?["template"]?["spec"] ?? [:]
        #expect(
            serving["containers"]?[0]?["image"] == .string("registry.example/landsat@\(Samples.imageDigest)"))
        #expect(deployment["metadata"]?["annotations"]?["aerie.dev/image-digest"] == .string(Samples.imageDigest))
        expectRestricted(serving)
        let service = try await cluster.document(Service.resource, namespace, "landsat")
        #expect(service["spec"]?["ports"]?[0]?["port"] == 8501)
        #expect(
            service["spec"]?["selector"] == deployment["spec"]?["selector"]?["matchLabels"],
            "the service finds the deployment's pods")
    }

    /// What the restricted pod security standard asks for.
    private func expectRestricted(_ pod: JSONValue) {
        #expect(pod["securityContext"]?["runAsNonRoot"] == true)
        #expect(pod["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault")
        #expect(pod["automountServiceAccountToken"] == false)
        let containers = (pod["initContainers"]?.arrayValue ?? []) + (pod["containers"]?.arrayValue ?? [])
        #expect(!containers.isEmpty)
        for container in containers {
            #expect(container["securityContext"]?["allowPrivilegeEscalation"] == false)
            #expect(container["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
        }
    }

    @Test func `an experiment that reaches its target ends the trials that still run`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let script: PodPlayer.Script = { pod in
            pod.trialNumber == 2 ? .ends(exitCode: 0, message: Samples.result(of: pod, (0.97, 900))) : .runs
        }
        try await cluster.withOperator(in: namespace, pods: script) { _ in
            try await cluster.admin.create(
                Samples.experiment("quick", in: namespace) { $0["objective"]?["target"] = 0.95 })
            let experiment = try await cluster.wait(
                for: TrainingExperiment.self, namespace, "quick", "it ends and its first trial is stopped"
            ) { $0.status?.trials.stopped == 1 }
            #expect(experiment.status?.state == .succeeded)
            #expect(experiment.status?.reason == "TargetReached")
            #expect(experiment.status?.best?.trial == "quick-00002")
            #expect(experiment.status?.trials.created == 2)
            try await eventually("the pod of the stopped trial is gone") {
                let pods = try await cluster.all(Pod.self, in: namespace)
                return pods.contains { $0.metadata.name == "quick-00001-worker-0" } ? nil : true
            }
        }
    }

    @Test func `a promotion whose gate is shut builds nothing and says why`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let script: PodPlayer.Script = { .ends(exitCode: 0, message: Samples.result(of: $0, (0.6, 900))) }
        try await cluster.withOperator(in: namespace, pods: script) { _ in
            try await cluster.admin.create(
                Samples.experiment("weak", in: namespace) {
                    $0["maxTrials"] = 1
                    $0["parallelTrials"] = 1
                    $0["promotion"] = Samples.promotion
                })
            let experiment = try await cluster.wait(
                for: TrainingExperiment.self, namespace, "weak", "its promotion fails"
            ) { $0.status?.promotion?.state == .failed }
            #expect(experiment.status?.state == .succeeded, "the search itself did what it should")
            let promoted = experiment.status?.conditions.first("Promoted")
            #expect(promoted?.reason == "GatesNotPassed")
            let promotion = try #require(try await cluster.all(ModelPromotion.self, in: namespace).first)
            #expect(
                promotion.status?.conditions.first("GatesPassed")?.message
                    == "validation/accuracy is 0.6, below the gate's min 0.85.")
            #expect(try await cluster.all(Job.self, in: namespace).isEmpty)
            #expect(try await cluster.all(Deployment.self, in: namespace).isEmpty)
        }
    }

    @Test func `a better checkpoint is promoted while the experiment goes on, and supersedes the earlier one`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let mayEnd = Signal()
        let script: PodPlayer.Script = { pod in
            switch pod.trialNumber {
            case 1: .ends(exitCode: 0, message: Samples.result(of: pod, (0.86, 900)))
            case 2 where mayEnd.isGiven: .ends(exitCode: 0, message: Samples.result(of: pod, (0.91, 900)))
            case nil where pod.isPromotionBuild:
                .ends(exitCode: 0, message: #"{"digest":"\#(Samples.digest(pod.label(Label.promotion) ?? ""))"}"#)
            default: .runs
            }
        }
        try await cluster.withOperator(in: namespace, pods: script) { _ in
            try await cluster.admin.create(
                Samples.experiment("better", in: namespace) {
                    $0["maxTrials"] = 2
                    $0["parallelTrials"] = 1
                    $0["promotion"] = Samples.promotion
                    $0["promotion"]?["policy"] = "OnImprovement"
                })
            let early = try await Story.wait(for: cluster, namespace, "better")
            #expect(early.status?.state == .running)
            let first = try #require(early.status?.promotion?.name)
            // Which of two promotions is the later one is told by their times of creation, in whole seconds.
            try await Task.sleep(for: .seconds(1))
            mayEnd.give()

            try await cluster.wait(for: ModelPromotion.self, namespace, first, "it is superseded") {
                $0.status?.state == .superseded
            }
            let late = try await cluster.wait(
                for: TrainingExperiment.self, namespace, "better", "it ends with another promotion"
            ) { $0.status?.state == .succeeded && $0.status?.promotion?.state == .ready }
            let second = try #require(late.status?.promotion?.name)
            #expect(second != first)
            #expect(late.status?.promotion?.imageDigest == Samples.digest(second))
            let deployment = try await cluster.document(Deployment.resource, namespace, "better")
            #expect(
                deployment["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"]
                    == .string("registry.example/landsat@\(Samples.digest(second))"))
            let owners = deployment["metadata"]?["ownerReferences"]?.arrayValue ?? []
            #expect(owners.map { $0["name"] } == [.string(second)])

            // Deleting the live promotion deletes what it runs, and the one before takes over again.
            try await cluster.admin.delete(Reference(ModelPromotion.resource, namespace: namespace, name: second))
            try await cluster.wait(for: ModelPromotion.self, namespace, first, "it runs again") {
                $0.status?.state == .ready
            }
            let again = try await cluster.document(Deployment.resource, namespace, "better")
            #expect(
                again["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"]
                    == .string("registry.example/landsat@\(Samples.digest(first))"))
        }
    }

    @Test func `what somebody deletes of a promoted model comes back`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
            try await cluster.admin.create(
                Samples.experiment("solid", in: namespace) {
                    $0["maxTrials"] = 1
                    $0["parallelTrials"] = 1
                    $0["promotion"] = Samples.promotion
                })
            _ = try await Story.wait(for: cluster, namespace, "solid")
            let service = try await cluster.wait(for: Service.self, namespace, "solid", "it exists") { _ in true }
            let deployment = try await cluster.wait(for: Deployment.self, namespace, "solid", "it exists") { _ in true }
            try await cluster.admin.delete(service.reference)
            try await cluster.wait(for: Service.self, namespace, "solid", "it is another") {
                $0.metadata.uid != service.metadata.uid
            }
            try await cluster.admin.delete(deployment.reference, DeleteOptions(propagation: .background))
            try await cluster.wait(for: Deployment.self, namespace, "solid", "it is another and answers") {
                $0.metadata.uid != deployment.metadata.uid && $0.status?.availableReplicas == 1
            }
        }
    }

    @Test func `deleting an experiment deletes its trials and their pods, and leaves the model that it promoted`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
            let experiment = Story.experiment("past", in: namespace)
            try await cluster.admin.create(experiment)
            _ = try await Story.wait(for: cluster, namespace, "past")
            try await cluster.admin.delete(experiment.reference, DeleteOptions(propagation: .background))
            try await cluster.waitForNone(Trial.resource, in: namespace)
            try await cluster.waitForNone(TFJob.resource, in: namespace)
            try await eventually("no pod of a trial is left") {
                try await cluster.player(in: namespace).pods().contains { $0.trialNumber != nil } ? nil : true
            }
            let promotion = try #require(try await cluster.all(ModelPromotion.self, in: namespace).first)
            #expect(promotion.status?.state == .ready)
            let deployment = try #require(try await cluster.all(Deployment.self, in: namespace).first)
            #expect(deployment.status?.availableReplicas == 1)
        }
    }
}
