import FoundationEssentials
import KubernetesAPI
import KubernetesYAML
import TestCluster
import TestSupport

/// What `kubectl kustomize` makes of a folder of the repository.
struct Rendering: Sendable {
    static let repository = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }

    /// Every folder that people may apply as a whole.
    static let overlays =
        ["deploy"]
        + [
            "aks", "beside-kubeflow", "gke", "kubernetes-1.20", "local", "local-kubernetes-1.20", "monitoring",
            "namespaced",
        ].map { "deploy/overlays/\($0)" }

    /// The overlay's own folder of what an administrator applies apart.
    static let parts = overlays + ["deploy/overlays/namespaced/cluster"]

    let documents: [JSONValue]

    /// - Parameter folder: A path within the repository.
    init(_ folder: String) async throws { try await self.init(rendered: "\(Self.repository)/\(folder)") }

    /// - Parameter path: A folder anywhere.
    init(rendered path: String) async throws {
        let text = try await Tool.run("kubectl", ["kustomize", "--load-restrictor=LoadRestrictionsNone", path])
        documents = try YAMLReader.documents(Array(text.utf8))
    }

    init(documents: [JSONValue]) { self.documents = documents }

    func all(_ kind: String) -> [JSONValue] { documents.filter { $0["kind"]?.stringValue == kind } }

    func one(_ kind: String, _ name: String) -> JSONValue? {
        all(kind).first { $0["metadata"]?["name"]?.stringValue == name }
    }

    /// The pod template of the controller.
    var pod: JSONValue? { one("Deployment", "aerie-controller")?["spec"]?["template"] }

    /// The same without what a server of this release does not know, and under the names that it has for the rest.
    func fit(for release: ServerRelease) -> Rendering {
        Rendering(
            documents: documents.map { document in
                var copy = release.knowsRules ? document : Self.withoutRules(document)
                if document["kind"] == "PodDisruptionBudget" { copy["apiVersion"] = .string(release.budgets) }
                return copy
            })
    }

    func without(_ kinds: String...) -> Rendering {
        Rendering(documents: documents.filter { !kinds.contains($0["kind"]?.stringValue ?? "") })
    }

    /// As one document that kubectl reads.
    var list: String { JSONValue.object(["apiVersion": "v1", "kind": "List", "items": .array(documents)]).description }

    private static func withoutRules(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(members.filter { $0.key != "x-kubernetes-validations" }.mapValues(withoutRules))
        case .array(let elements): .array(elements.map(withoutRules))
        default: value
        }
    }
}
