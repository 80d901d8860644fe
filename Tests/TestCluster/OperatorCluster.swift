import FoundationEssentials
package import KubernetesAPI
package import KubernetesClient
import KubernetesYAML
package import TestSupport

/// The control plane with Aerie's resources installed, and an account with exactly the rights that
/// `deploy/base/controller-role.yaml` gives to the controller.
package struct OperatorCluster: Sendable {
    /// Where the controller's account and its lease live, as in a real installation.
    package static let systemNamespace = "aerie-system"
    package static let account = "aerie-controller"

    package let server: ControlPlane
    /// Authenticates as the controller's account.
    package let token: String

    /// For the test itself, which plays the people and the node.
    package var admin: KubernetesClient { server.client }

    private static let installation = Task {
        let cluster = try await OperatorCluster(on: try await ControlPlane.shared(.all))
        try await cluster.installDefinitions()
        return cluster
    }

    package static func shared() async throws -> OperatorCluster { try await installation.value }

    /// Makes the account and gives it its rights; the definitions of our kinds are not there yet.
    package init(on server: ControlPlane) async throws {
        self.server = server
        for name in ["namespace", "service-account", "cluster/controller-reads", "controller-role"] {
            try await Self.install("deploy/base/\(name).yaml", with: server.client)
        }
        token = try await server.client.token(
            serviceAccount: ObjectKey(namespace: Self.systemNamespace, name: Self.account)
        ).token
    }

    /// Installs the definitions of our kinds, and waits until they are served.
    package func installDefinitions(_ rules: InstalledDefinitions.Rules = .whereKnown) async throws {
        try await InstalledDefinitions(on: server.client).install(rules)
        for resource in WatchedKinds.all {
            let client = server.client
            try await eventually("\(resource.plural) are served") {
                try? await client.document(.list(resource, limit: 1))
            }
        }
    }

    /// A namespace in which pods may be created: Kubernetes makes the account that they run under a moment later.
    package func namespace() async throws -> String {
        let name = try await server.namespace("operator")
        let account = Reference(Kinds.serviceAccount, namespace: name, name: "default")
        try await eventually("\(account) exists") { try? await admin.get(account) }
        return name
    }

    package func player(in namespace: String) -> PodPlayer { PodPlayer(client: admin, namespace: namespace) }

    private static let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    /// Applies the documents of a file of this repository.
    package static func install(_ path: String, with client: KubernetesClient) async throws {
        let text = try Data(contentsOf: URL(filePath: "\(repository)/\(path)"))
        for document in try YAMLReader.documents(Array(text)) {
            guard let kind = document["kind"]?.stringValue, let resource = Kinds.installed[kind],
                let name = document["metadata"]?["name"]?.stringValue
            else { throw UnexpectedDocument(path: path, kind: document["kind"]?.stringValue ?? "none") }
            // The namespace that `deploy/base/kustomization.yaml` adds, to what is bound as well.
            var complete = document
            if let subjects = document["subjects"]?.arrayValue {
                let account: JSONValue = [
                    "kind": "ServiceAccount", "name": .string(Self.account), "namespace": .string(systemNamespace),
                ]
                complete["subjects"] = .array(subjects.map { $0["kind"] == "ServiceAccount" ? account : $0 })
            }
            try await client.apply(Manifest(Reference(resource, namespace: systemNamespace, name: name), complete))
        }
    }

    package struct UnexpectedDocument: Error {
        var path: String
        var kind: String
    }
}

/// Kinds that only the tests deal with.
package enum Kinds {
    package static let serviceAccount = Resource(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
    package static let secret = Resource(group: "", version: "v1", kind: "Secret", plural: "secrets")
    package static let resourceQuota = Resource(
        group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas")
    package static let event = Resource(group: "", version: "v1", kind: "Event", plural: "events")

    /// What the files in `deploy/base` and `crds` hold, by kind.
    package static let installed: [String: Resource] = {
        let rbac = "rbac.authorization.k8s.io"
        let resources = [
            serviceAccount,
            Resource(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false),
            Resource(group: rbac, version: "v1", kind: "ClusterRole", plural: "clusterroles", isNamespaced: false),
            Resource(
                group: rbac, version: "v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings",
                isNamespaced: false),
            Resource(group: rbac, version: "v1", kind: "Role", plural: "roles"),
            Resource(group: rbac, version: "v1", kind: "RoleBinding", plural: "rolebindings"),
            Resource(
                group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
                plural: "customresourcedefinitions", isNamespaced: false),
        ]
        return Dictionary(uniqueKeysWithValues: resources.map { ($0.kind, $0) })
    }()
}
