import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Objects of somebody else that have the names of ours.
@Suite(.timeLimit(.minutes(10))) struct ForeignChildrenTests {
    /// What has the serving name before the promotion comes.
    enum Foreign: String, CaseIterable, Sendable {
        case service, deployment

        func manifest(in namespace: String) -> Manifest {
            let metadata: JSONValue = ["labels": ["team": "shop"], "annotations": ["note": "not yours"]]
            switch self {
            case .service:
                return Manifest(
                    Reference(Service.resource, namespace: namespace, name: "shop"),
                    ["metadata": metadata, "spec": ["selector": ["app": "shop"], "ports": [["port": 80]]]])
            case .deployment:
                let container: JSONValue = ["name": "shop", "image": "shop:1"]
                return Manifest(
                    Reference(Deployment.resource, namespace: namespace, name: "shop"),
                    [
                        "metadata": metadata,
                        "spec": [
                            "replicas": 0, "selector": ["matchLabels": ["app": "shop"]],
                            "template": [
                                "metadata": ["labels": ["app": "shop"]], "spec": ["containers": [container]],
                            ],
                        ],
                    ])
            }
        }
    }

    @Test(arguments: Foreign.allCases)
    func `what somebody else made stays as it is, the promotion says so, and goes on once it is gone`(
        foreign: Foreign
    ) async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let reference = foreign.manifest(in: namespace).reference
        try await cluster.admin.create(foreign.manifest(in: namespace))
        // The controller manager takes note of a deployment in its status.
        let before = try await eventually("it is as it stays") {
            let found = try await cluster.admin.get(reference)
            return foreign == .service || found["status"]?["observedGeneration"] != nil ? found : Optional.none
        }
        try await cluster.withOperator(in: namespace, pods: Story.script) { _ in
            try await cluster.admin.create(
                Samples.experiment("shop", in: namespace) {
                    $0["maxTrials"] = 1
                    $0["parallelTrials"] = 1
                    $0["promotion"] = Samples.promotion
                })
            let name =
                try await cluster.wait(
                    for: TrainingExperiment.self, namespace, "shop", "it has a promotion"
                ) { $0.status?.promotion != nil }.status?.promotion?.name ?? ""
            let sentence = "\(reference) exists and does not belong to ModelPromotion \(namespace)/\(name)"
            try await cluster.wait(for: ModelPromotion.self, namespace, name, "it says whose name is taken") {
                $0.status?.conditions.first("Ready")?.message.contains(sentence) == true
            }
            // Time for more tries.
            try await Task.sleep(for: .seconds(2))
            #expect(try await cluster.admin.get(reference) == before)

            try await cluster.admin.delete(reference)
            try await cluster.wait(for: ModelPromotion.self, namespace, name, "it goes on") {
                $0.status?.state == .ready
            }
            let ours = try await cluster.admin.get(reference)
            #expect(ours["metadata"]?["ownerReferences"]?[0]?["name"] == .string(name))
        }
    }

    @Test func `a field that the next promotion no longer wants goes from what the one before created`() async throws {
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
            let experiment = Samples.experiment("fields", in: namespace) {
                $0["maxTrials"] = 2
                $0["parallelTrials"] = 1
                $0["promotion"] = Samples.promotion
                $0["promotion"]?["policy"] = "OnImprovement"
                $0["promotion"]?["serving"]?["podTemplate"] = ["spec": ["nodeSelector": ["disk": "ssd"]]]
            }
            try await cluster.admin.create(experiment)
            let first = try await Story.wait(for: cluster, namespace, "fields").status?.promotion?.name
            func pod() async throws -> JSONValue? {
                try await cluster.document(Deployment.resource, namespace, "fields")["spec"]?["template"]?["spec"]
            }
            #expect(try await pod()?["nodeSelector"] == ["disk": "ssd"])
            try await cluster.admin.patch(
                experiment.reference, ["spec": ["promotion": ["serving": ["podTemplate": .null]]]])
            // Which of two promotions is the later one is told by their times of creation, in whole seconds.
            try await Task.sleep(for: .seconds(1))
            mayEnd.give()
            try await cluster.wait(for: TrainingExperiment.self, namespace, "fields", "the next one is live") {
                $0.status?.promotion?.state == .ready && $0.status?.promotion?.name != first
            }
            #expect(try await pod()?["nodeSelector"] == nil)
            let owners = try await cluster.document(Deployment.resource, namespace, "fields")["metadata"]?[
                "ownerReferences"]?.arrayValue
            #expect(owners?.count == 1)
        }
    }
}
