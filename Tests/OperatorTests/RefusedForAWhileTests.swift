import AerieAPI
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Pods that are refused for a while, and the job that runs soon after they no longer are.
@Suite(.timeLimit(.minutes(10))) struct RefusedForAWhileTests {
    /// As admission policies, quota webhooks and removed kinds answer.
    static let refusals: [(code: Int, reason: String)] = [
        (400, "BadRequest"), (403, "Forbidden"), (404, "NotFound"), (422, "Invalid"),
    ]

    @Test(arguments: refusals)
    func `a policy that refuses pods is quoted, and the job runs soon after it is gone`(
        code: Int, reason: String
    ) async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let words = "admission webhook \"quota.example\" denied the request: the queue gpus does not exist yet"
        let isLifted = Signal()
        var options = OperatorProcess.Options()
        options.policy = { request in
            guard request.method == .post, request.url.hasSuffix("/pods"), !isLifted.isGiven else { return nil }
            let status: JSONValue = [
                "kind": "Status", "reason": .string(reason), "message": .string(words), "code": JSONValue(code),
            ]
            return HTTPResponse(status: code, body: HTTPBody(status.serialized))
        }
        try await cluster.withOperator(in: namespace, options, pods: { _ in .runs }) { _ in
            try await cluster.admin.create(Samples.tfJob("patient", in: namespace, workers: 1))
            let stalled = try await cluster.wait(for: TFJob.self, namespace, "patient", "it quotes the policy") {
                $0.status?.condition(.stalled)?.message?.contains(words) == true
            }
            #expect(stalled.status?.reason == "FailedCreatePod")
            try await Task.sleep(for: .seconds(3))
            #expect(try await cluster.all(Pod.self, in: namespace).isEmpty)

            isLifted.give()
            let lifted = ContinuousClock.now
            let running = try await cluster.wait(for: TFJob.self, namespace, "patient", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(running.status?.condition(.stalled) == nil)
            // It was refused for three seconds: the next try is no further away than that, and the machine is busy.
            #expect(lifted.duration(to: .now) < .seconds(20))
        }
    }

    @Test func `pods whose priority class comes later run when it is there`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let priority = Reference(PriorityClass.resource, name: "later-\(namespace)")
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            var job = Samples.tfJob("early", in: namespace, workers: 1)
            job.body["spec"]?["tfReplicaSpecs"]?["Worker"]?["template"]?["spec"]?["priorityClassName"] =
                .string(priority.key.name)
            try await cluster.admin.create(job)
            try await cluster.wait(for: TFJob.self, namespace, "early", "it says what is missing") {
                $0.status?.condition(.stalled)?.message?.contains(priority.key.name) == true
            }
            try await Task.sleep(for: .seconds(2))
            try await cluster.admin.create(Manifest(priority, ["value": 10]))
            try await cluster.wait(for: TFJob.self, namespace, "early", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true && $0.status?.condition(.stalled) == nil
            }
            try await cluster.admin.delete(priority)
        }
    }
}
