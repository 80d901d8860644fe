import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// A manifest as they were published, applied with kubectl as it is.
@Suite(.timeLimit(.minutes(10))) struct TFJobManifestTests {
    /// Types in lower case, limits where the operator before 1.0 had them, and fields of the pod indented into the
    /// container.
    private static let manifest = """
        apiVersion: kubeflow.org/v1
        kind: TFJob
        metadata:
          name: published
        spec:
          cleanPodPolicy: All
          backoffLimit: 2
          tfReplicaSpecs:
            chief:
              replicas: 1
              template:
                spec:
                  containers:
                    - name: tensorflow
                      image: detector:v1
                      tolerations:
                        - {key: ml, operator: Exists, effect: NoSchedule}
                      nodeSelector: {pool: gpu}
                      restartPolicy: OnFailure
            worker:
              template:
                spec:
                  containers:
                    - name: tensorflow
                      image: detector:v1
            ps:
              template:
                spec:
                  containers:
                    - name: tensorflow
                      image: detector:v1
                      ports:
                        - {name: tfjob-port, containerPort: 3333}
        """

    @Test func `a published manifest runs as it was meant, and stays as it was written`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let kubectl = try Kubectl(cluster)
        let file = try TemporaryFile(Self.manifest)
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            _ = try await kubectl.run("apply", "--namespace", namespace, "--filename", file.path)
            stage.allow(.runs)
            let running = try await cluster.wait(for: TFJob.self, namespace, "published", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(running.status?.ready == "3/3")
            let corrected = running.status?.condition(.templateCorrected)?.message ?? ""
            for field in ["tolerations", "nodeSelector", "restartPolicy"] { #expect(corrected.contains(field)) }

            let chief = PlayedPod(try await cluster.document(Pod.resource, namespace, "published-chief-0"))
            #expect(chief.spec["nodeSelector"] == ["pool": "gpu"])
            #expect(chief.spec["tolerations"]?.arrayValue?.contains { $0["key"] == "ml" } ?? false)
            #expect(chief.spec["restartPolicy"] == "Never")
            #expect(chief.label("training.kubeflow.org/job-role") == "master")
            #expect(
                chief.environment["TF_CONFIG"] == #"{"cluster":{"chief":["published-chief-0.\#(namespace).svc:2222"],"#
                    + #""ps":["published-ps-0.\#(namespace).svc:3333"],"#
                    + #""worker":["published-worker-0.\#(namespace).svc:2222"]},"#
                    + #""task":{"type":"chief","index":0},"environment":"cloud"}"#)

            // kubectl diff fails where there is a difference, such as a default that was stored.
            _ = try await kubectl.run("diff", "--namespace", namespace, "--filename", file.path)

            let uid = chief.uid
            stage.allow(.ends(exitCode: 0), uid: uid)
            _ = try await kubectl.run(
                "wait", "tfjob/published", "--namespace", namespace, "--for=condition=Succeeded", "--timeout=90s")
            try await cluster.waitForNone(Pod.resource, in: namespace)
        }
    }
}
