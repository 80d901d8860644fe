import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// docs/kubectl.md, which a real run wrote, against the server of today: the same commands, with played pods.
@Suite(.timeLimit(.minutes(10))) struct KubectlGuideTests {
    /// Of the wrong specs the tests of the webhook ask, and of the installation its own tests.
    private static let elsewhere = ["kubectl apply -f wrong.json", "kubectl -n aerie-system get deployment,lease"]

    @Test func `the commands of docs/kubectl.md show what the page says, but for times and measurements`() async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let kubectl = try Kubectl(cluster)
        let steps = try KubectlGuide.steps().filter { !Self.elsewhere.contains($0.command) }
        #expect(steps.count > 12)
        try await cluster.withOperator(in: namespace, pods: Self.script) { _ in
            try await cluster.admin.create(Samples.experiment("landsat", in: namespace) { $0["maxTrials"] = 3 })
            try await Self.playBrokenJob(cluster, namespace)
            try await cluster.wait(for: TrainingExperiment.self, namespace, "landsat", "it succeeds") {
                $0.status?.state == .succeeded
            }
            for step in steps where !step.command.hasPrefix("kubectl wait --for=condition=Running") {
                // Events follow what they tell of, and the server documents a new kind some seconds after serving it.
                var (output, shape) = ("", Set<String>())
                _ = try? await eventually("\(step.command) shows the same", within: .seconds(20)) {
                    output = try await kubectl.replay(step.command, in: namespace)
                    shape = KubectlGuide.shape(of: output, by: step.command)
                    return shape == step.shape ? true : nil
                }
                #expect(
                    shape.subtracting(step.shape) == [],
                    "\(step.command): new; `make transcripts` writes the page anew; it printed:\n\(output)")
                #expect(step.shape.subtracting(shape) == [], "\(step.command): no longer there in\n\(output)")
            }
        }
    }

    private static let script: PodPlayer.Script = { pod in
        switch pod.trialNumber {
        case 1: .ends(exitCode: 0, message: Samples.result(of: pod, (0.88, 500)))
        case 2: .ends(exitCode: 0, message: Samples.result(of: pod, (0.9, 500)))
        case .some: .ends(exitCode: 0, message: Samples.result(of: pod, (0.87, 500)))
        case nil: .runs
        }
    }

    /// A program that fails whenever the kubelet starts it.
    private static func playBrokenJob(_ cluster: OperatorCluster, _ namespace: String) async throws {
        try await cluster.admin.create(
            Samples.tfJob(
                "broken", in: namespace, workers: 1, restartPolicy: "OnFailure", runPolicy: ["backoffLimit": 1]))
        try await cluster.wait(for: TFJob.self, namespace, "broken", "it runs") {
            $0.status?.isTrue(.allReplicasReady) == true
        }
        let pod = Reference(Pod.resource, namespace: namespace, name: "broken-worker-0")
        for restarts in 1...2 {
            let now = JSONValue.string(MicroTime.now.time.description)
            try await cluster.admin.patchStatus(
                pod,
                [
                    "status": [
                        "conditions": [["type": "Ready", "status": "False"]],
                        "containerStatuses": [
                            [
                                "name": "tensorflow", "image": "played", "imageID": "", "ready": false,
                                "restartCount": JSONValue(restarts),
                                "state": ["waiting": ["reason": "CrashLoopBackOff", "message": "back-off"]],
                                "lastState": [
                                    "terminated": [
                                        "exitCode": 64, "reason": "Error", "message": "Error: Unknown option",
                                        "startedAt": now, "finishedAt": now,
                                    ]
                                ],
                            ]
                        ],
                    ]
                ])
            try await cluster.wait(for: TFJob.self, namespace, "broken", "restart \(restarts) is counted") {
                $0.status?.restarts == restarts
            }
        }
        try await cluster.wait(for: TFJob.self, namespace, "broken", "it fails") { $0.status?.isTrue(.failed) == true }
    }
}
