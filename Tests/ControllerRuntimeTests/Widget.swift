import KubernetesAPI
import KubernetesClient
import TestSupport

/// A custom resource with a status, for tests of what only custom resources do.
struct Widget: KubernetesObject, Hashable {
    static let resource = Resource(group: "test.aerie.dev", version: "v1", kind: "Widget", plural: "widgets")

    var metadata: ObjectMeta
    var spec: JSONValue?
    var status: JSONValue?

    static func manifest(_ name: String, namespace: String) -> Manifest {
        Manifest(Reference(resource, namespace: namespace, name: name), ["spec": ["size": 1]])
    }
}

extension ControlPlane {
    /// The shared API server with widgets installed.
    static func withWidgets() async throws -> ControlPlane {
        let server = try await shared()
        let definitions = Resource(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions", isNamespaced: false)
        let object: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let definition = Manifest(
            Reference(definitions, name: "widgets.test.aerie.dev"),
            [
                "spec": [
                    "group": "test.aerie.dev", "scope": "Namespaced",
                    "names": ["plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"],
                    "versions": [
                        [
                            "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                            "schema": [
                                "openAPIV3Schema": [
                                    "type": "object", "properties": ["spec": object, "status": object],
                                ]
                            ],
                        ]
                    ],
                ]
            ])
        try await server.client.apply(definition)
        try await until { (try? await server.client.list(Widget.self)) != nil }
        return server
    }
}
