package import KubernetesAPI
import KubernetesClient

/// A custom resource of another project, as far as the tests need it: its names, and any content.
package struct ForeignDefinition: Sendable {
    private let resource: Resource
    /// `openAPIV3Schema`; anything goes by default.
    private let schema: JSONValue
    private let columns: JSONValue

    package init(
        resource: Resource, schema: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
        columns: JSONValue = []
    ) {
        self.resource = resource
        self.schema = schema
        self.columns = columns
    }

    package static let volcanoPodGroup = ForeignDefinition(resource: VolcanoPodGroup.resource)
    package static let schedulerPluginsPodGroup = ForeignDefinition(resource: SchedulerPluginsPodGroup.resource)

    /// Installs the kind with the subresource `status` and waits until it is served.
    package func install(on cluster: OperatorCluster) async throws {
        let definition = Resource(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions", isNamespaced: false)
        var annotations: JSONValue = [:]
        // The server asks for it in groups of Kubernetes' own domain.
        if resource.group.hasSuffix(".k8s.io") {
            annotations["api-approved.kubernetes.io"] = "https://github.com/kubernetes-sigs/scheduler-plugins/pull/52"
        }
        try await cluster.admin.apply(
            Manifest(
                Reference(definition, name: "\(resource.plural).\(resource.group)"),
                [
                    "metadata": ["annotations": annotations],
                    "spec": [
                        "group": .string(resource.group), "scope": "Namespaced",
                        "names": [
                            "kind": .string(resource.kind), "listKind": .string("\(resource.kind)List"),
                            "plural": .string(resource.plural), "singular": .string(resource.kind.lowercased()),
                        ],
                        "versions": [
                            [
                                "name": .string(resource.version), "served": true, "storage": true,
                                "schema": ["openAPIV3Schema": schema], "subresources": ["status": [:]],
                                "additionalPrinterColumns": columns,
                            ]
                        ],
                    ],
                ]))
        try await eventually("\(resource.plural).\(resource.group) are served") {
            try? await cluster.admin.document(.list(resource, limit: 1))
        }
    }
}
