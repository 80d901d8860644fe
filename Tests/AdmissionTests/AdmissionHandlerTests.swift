import Admission
import KubernetesAPI
import Testing

/// What comes over the wire and is no question about an object.
@Suite struct AdmissionHandlerTests {
    private let handler = AdmissionHandler(references: nil)
    private static let path = "/validate-kubeflow-org-v1-tfjob"

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var body: String
        var path = AdmissionHandlerTests.path
        var status = 400
        var sentence: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "nothing", body: "", sentence: "the body is no JSON document"),
        Row(name: "half a document", body: #"{"kind": "AdmissionRev"#, sentence: "the body is no JSON document"),
        Row(name: "another kind", body: #"{"kind": "Pod"}"#, sentence: "the body is no AdmissionReview of"),
        Row(
            name: "the version that is gone",
            body: #"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1"}"#,
            sentence: "the body is no AdmissionReview of admission.k8s.io/v1"),
        Row(
            name: "no request", body: #"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"}"#,
            sentence: "the AdmissionReview has no request"),
        Row(
            name: "no uid",
            body:
                #"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {"operation": "CREATE"}}"#,
            sentence: "request.uid is missing"),
        Row(
            name: "an operation that there is not",
            body: #"""
                {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {"uid": "1", "operation": "EAT"}}
                """#,
            sentence: "request.operation is"),
        Row(
            name: "no object",
            body: #"""
                {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
                 "request": {"uid": "1", "operation": "CREATE", "object": null}}
                """#,
            sentence: "request.object is missing"),
        Row(
            name: "an update without the stored object",
            body: #"""
                {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
                 "request": {"uid": "1", "operation": "UPDATE", "object": {}}}
                """#,
            sentence: "request.oldObject is missing"),
        Row(name: "a path of nobody", body: "{}", path: "/validate", status: 404, sentence: "nothing is validated at"),
        Row(
            name: "a body without end", body: String(repeating: " ", count: AdmissionHandler.maximumBodyBytes + 1),
            status: 413, sentence: "the body has more than"),
    ]

    @Test(arguments: rows) func `what is no AdmissionReview is refused with a sentence`(row: Row) async {
        let reply = await handler.reply(to: Array(row.body.utf8), path: row.path)
        #expect(reply.status == row.status)
        #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix(row.sentence))
    }

    private func response(_ request: JSONValue) async throws -> JSONValue {
        let review: JSONValue = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
        ]
        let reply = await handler.reply(to: Array(review.serialized), path: Self.path)
        #expect(reply.status == 200)
        return try #require(try JSONValue(parsing: reply.body)["response"])
    }

    @Test func `a deletion, a status and an object that is being deleted are let through`() async throws {
        let wrong: JSONValue = ["metadata": ["name": "0"], "spec": ["tfReplicaSpecs": [:]]]
        #expect(try await response(["uid": "1", "operation": "DELETE"])["allowed"] == true)
        let status: JSONValue = [
            "uid": "1", "operation": "UPDATE", "subResource": "status", "object": wrong, "oldObject": [:],
        ]
        #expect(try await response(status)["allowed"] == true)
        var ending = wrong
        ending["metadata"]?["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        let finalizer: JSONValue = ["uid": "1", "operation": "UPDATE", "object": ending, "oldObject": [:]]
        #expect(try await response(finalizer)["allowed"] == true)
        #expect(try await response(["uid": "1", "operation": "CREATE", "object": wrong])["allowed"] == false)
    }

    @Test func `a dry run is answered as if it were none`() async throws {
        let wrong: JSONValue = ["metadata": ["name": "0"], "spec": ["tfReplicaSpecs": [:]]]
        var request: JSONValue = ["uid": "1", "operation": "CREATE", "object": wrong]
        let real = try await response(request)
        request["dryRun"] = true
        #expect(try await response(request) == real)
    }

    @Test func `a warning is one printable line that fits a header`() async throws {
        let container: JSONValue = [
            "name": "tensorflow", "image": "i", "restartPolicy": "Never",
        ]
        let long = String(repeating: "é\n", count: 300)
        let object: JSONValue = [
            "metadata": ["name": "a"],
            "spec": [
                "tfReplicaSpecs": [
                    "Worker": [
                        "template": ["spec": ["restartPolicy": .string(long), "containers": [container]]]
                    ]
                ]
            ],
        ]
        let warnings = try await response(["uid": "1", "operation": "CREATE", "object": object])["warnings"]?.arrayValue
        #expect(warnings?.count == 2)
        for text in (warnings ?? []).compactMap(\.stringValue) {
            #expect(text.utf8.count <= 256)
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}
