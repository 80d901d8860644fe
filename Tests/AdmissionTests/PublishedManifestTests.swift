import AerieAPI
import Admission
import FoundationEssentials
import KubernetesAPI
import KubernetesYAML
import Testing

/// Manifests with the indentation of published ones: they run, and their authors learn what was made of them.
@Suite struct PublishedManifestTests {
    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Manifests"

    private func document(_ name: String) throws -> JSONValue {
        try YAMLReader.document(Array(Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).yaml"))))
    }

    private func warnings(about document: JSONValue) async throws -> [String] {
        let review: JSONValue = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": ["uid": "1", "operation": "CREATE", "object": document],
        ]
        let reply = await AdmissionHandler(references: nil).reply(
            to: Array(review.serialized), path: "/validate-kubeflow-org-v1-tfjob")
        let response = try #require(try JSONValue(parsing: reply.body)["response"])
        #expect(response["allowed"] == true, "\(response)")
        return (response["warnings"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    @Test(
        arguments: [
            (
                "detector-training",
                [
                    "spec.cleanPodPolicy: ", "spec.tfReplicaSpecs.Chief.template.spec.containers[0].nodeSelector: ",
                    "spec.tfReplicaSpecs.Chief.template.spec.containers[0].restartPolicy: ",
                    "spec.tfReplicaSpecs.Chief.template.spec.containers[0].tolerations: ",
                    "spec.tfReplicaSpecs.Worker.template.spec.containers[0].nodeSelector: ",
                    "spec.tfReplicaSpecs.Worker.template.spec.containers[0].tolerations: ",
                ]
            ),
            (
                "detector-evaluation",
                [
                    "spec.tfReplicaSpecs.Worker.template.spec.containers[0].nodeSelector: ",
                    "spec.tfReplicaSpecs.Worker.template.spec.containers[0].restartPolicy: ",
                    "spec.tfReplicaSpecs.Worker.template.spec.containers[0].tolerations: ",
                ]
            ),
        ]) func `every misplaced field is a warning of its own`(name: String, paths: [String]) async throws
    {
        let warnings = try await warnings(about: document(name))
        #expect(warnings.count == paths.count, "\(warnings)")
        for (warning, path) in zip(warnings, paths) { #expect(warning.hasPrefix(path)) }
    }

    @Test func `what was meant for the pod is used there, and the restart policy is the replica's`() throws {
        let job: TFJob = try document("detector-evaluation").decode()
        let replica = try #require(job.replicas.first)
        let pod = replica.template["spec"]
        #expect(pod?["nodeSelector"] == ["agentpool": "gpu", "disk": "ssd"])
        #expect(pod?["tolerations"]?.arrayValue?.compactMap { $0["key"]?.stringValue } == ["sku", "spot"])
        #expect(pod?["containers"]?[0]?["restartPolicy"] == nil)
        #expect(pod?["containers"]?[0]?["tolerations"] == nil)
        #expect(replica.restartPolicy == .never)
    }

    @Test func `claims that the manifests name are looked for`() throws {
        let job: TFJob = try document("detector-training").decode()
        #expect(
            job.references.map { "\($0.path) \($0.name)" } == [
                "spec.tfReplicaSpecs.Chief.template.spec.volumes[0].persistentVolumeClaim.claimName survey-share",
                "spec.tfReplicaSpecs.Worker.template.spec.volumes[0].persistentVolumeClaim.claimName survey-share",
            ])
    }

    private func looksFor(_ object: JSONValue, over stored: JSONValue? = nil) throws -> Int {
        let request: JSONValue = [
            "uid": "1", "operation": stored.map { _ in "UPDATE" } ?? "CREATE", "object": object,
            "oldObject": stored ?? .null,
        ]
        let review: JSONValue = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
        ]
        return Verdict(on: try AdmissionRequest(parsing: Array(review.serialized)), as: TFJob.self).references.count
    }

    @Test func `nothing is looked for on behalf of a controller, or a second time`() throws {
        let job = try document("detector-evaluation")
        #expect(try looksFor(job) == 1)
        var suspended = job
        suspended["spec"]?["runPolicy"] = ["suspend": true]
        #expect(try looksFor(suspended, over: job) == 0)
        var owned = job
        owned["metadata"]?["ownerReferences"] = [
            ["apiVersion": "aerie.dev/v1alpha1", "kind": "Trial", "name": "t", "uid": "u", "controller": true]
        ]
        #expect(try looksFor(owned) == 0)
    }
}
