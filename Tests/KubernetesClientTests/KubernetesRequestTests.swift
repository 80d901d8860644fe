import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Testing

@Suite struct KubernetesRequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: KubernetesRequest
        var line: String
        var contentType: String?
        var body: JSONValue?
    }

    static let pod = Reference(Pod.resource, namespace: "ns", name: "a")
    static let job = Resource(group: "batch", version: "v1", kind: "Job", plural: "jobs")
    static let node = Resource(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    static let manifest = Manifest(Reference(job, namespace: "ns", name: "j"), ["spec": ["x": 1]])

    static let rows = [
        Row(testDescription: "a core object", request: .get(pod), line: "GET /api/v1/namespaces/ns/pods/a"),
        Row(
            testDescription: "a cluster-scoped object", request: .get(Reference(node, name: "n1")),
            line: "GET /api/v1/nodes/n1"),
        Row(
            testDescription: "a name that needs escaping", request: .get(Reference(node, name: "system:n/1")),
            line: "GET /api/v1/nodes/system%3An%2F1"),
        Row(
            testDescription: "all jobs of all namespaces", request: .list(job, limit: nil),
            line: "GET /apis/batch/v1/jobs"),
        Row(
            testDescription: "a page of selected jobs",
            request: .list(job, Selection(namespace: "ns", labelSelector: "a=b,c in (d,e)"), continueToken: "t=="),
            line: "GET /apis/batch/v1/namespaces/ns/jobs?labelSelector=a%3Db%2Cc%20in%20%28d%2Ce%29&limit=500"
                + "&continue=t%3D%3D"),
        Row(
            testDescription: "a watch with bookmarks and an end", request: .watch(job, resourceVersion: "7"),
            line: "GET /apis/batch/v1/jobs?watch=true&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=30"),
        Row(
            testDescription: "a create goes to the collection", request: .create(manifest),
            line: "POST /apis/batch/v1/namespaces/ns/jobs", contentType: "application/json", body: manifest.body),
        Row(
            testDescription: "a status is replaced on its subresource",
            request: .update(manifest, subresource: "status"), line: "PUT /apis/batch/v1/namespaces/ns/jobs/j/status",
            contentType: "application/json", body: manifest.body),
        Row(
            testDescription: "server-side apply names its manager",
            request: .apply(manifest, fieldManager: "aerie", force: true),
            line: "PATCH /apis/batch/v1/namespaces/ns/jobs/j?fieldManager=aerie&force=true",
            contentType: "application/apply-patch+yaml", body: manifest.body),
        Row(
            testDescription: "a merge patch", request: .mergePatch(pod, ["a": nil], fieldManager: "m"),
            line: "PATCH /api/v1/namespaces/ns/pods/a?fieldManager=m", contentType: "application/merge-patch+json",
            body: ["a": nil]),
        Row(
            testDescription: "a delete with conditions",
            request: .delete(
                pod, DeleteOptions(uid: "u", resourceVersion: "3", propagation: .background, gracePeriodSeconds: 0)),
            line: "DELETE /api/v1/namespaces/ns/pods/a", contentType: "application/json",
            body: [
                "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": ["uid": "u", "resourceVersion": "3"],
                "propagationPolicy": "Background", "gracePeriodSeconds": 0,
            ]),
        Row(
            testDescription: "a followed log",
            request: .log(pod.key, LogOptions(container: "c", follow: true, tailLines: 5)),
            line: "GET /api/v1/namespaces/ns/pods/a/log?container=c&follow=true&tailLines=5"),
    ]

    @Test(arguments: rows) func request(row: Row) throws {
        let request = row.request.httpRequest(server: "https://h:1/", token: "t", userAgent: "aerie/1")
        #expect("\(request.method.rawValue) \(request.url)" == row.line.replacing(" /", with: " https://h:1/"))
        #expect(request.headers["content-type"] == row.contentType)
        #expect(request.headers["authorization"] == "Bearer t")
        #expect(request.headers["user-agent"] == "aerie/1")
        let bytes = try #require(request.body.bytes)
        #expect(try bytes.isEmpty ? row.body == nil : JSONValue(parsing: bytes) == row.body)
    }

    @Test func `only a followed log may be idle`() {
        #expect(KubernetesRequest.log(Self.pod.key, LogOptions(follow: true)).mayBeIdle)
        #expect(!KubernetesRequest.log(Self.pod.key).mayBeIdle)
        #expect(!KubernetesRequest.watch(Self.job, resourceVersion: "1").mayBeIdle)
    }
}
