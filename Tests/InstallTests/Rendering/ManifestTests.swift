import AerieAPI
import KubernetesAPI
import TestCluster
import Testing

/// What can be said of the manifests without a server.
@Suite struct ManifestTests {
    private static let systemNamespace = "aerie-system"

    @Test(arguments: Rendering.overlays)
    func `the controller's pod is restricted, bounded, probed, and cannot write its file system`(
        overlay: String
    ) async throws {
        let pod = try #require(try await Rendering(overlay).pod?["spec"])
        #expect(RestrictedProfile.violations(of: pod) == [])
        #expect(pod["serviceAccountName"] == "aerie-controller")
        let container = try #require(pod["containers"]?[0])
        #expect(container["securityContext"]?["readOnlyRootFilesystem"] == true)
        #expect(container["resources"]?["requests"]?["memory"] != nil)
        #expect(container["resources"]?["requests"]?["cpu"] != nil)
        #expect(container["resources"]?["limits"]?["memory"] != nil)
        #expect(container["livenessProbe"] != nil)
        #expect(container["readinessProbe"] != nil)
        #expect(container["image"]?.stringValue?.hasSuffix(":latest") == false)
    }

    @Test(arguments: Rendering.parts)
    func `rights have no wildcards, run nothing in pods, and reach one secret by its name`(
        overlay: String
    ) async throws {
        let rendering = try await Rendering(overlay)
        for role in rendering.all("ClusterRole") + rendering.all("Role") {
            let name = role["metadata"]?["name"]?.stringValue ?? ""
            for rule in role["rules"]?.arrayValue ?? [] {
                func words(_ key: String) -> [String] { (rule[key]?.arrayValue ?? []).compactMap(\.stringValue) }
                #expect(!(words("apiGroups") + words("resources") + words("verbs")).contains("*"), "\(name)")
                #expect(Set(words("verbs")).isDisjoint(with: ["bind", "escalate", "impersonate"]), "\(name)")
                let pods = ["pods/exec", "pods/attach", "pods/portforward", "serviceaccounts/token", "nodes/proxy"]
                #expect(Set(words("resources")).isDisjoint(with: pods), "\(name)")
                guard words("resources").contains("secrets") else { continue }
                #expect(role["kind"] == "Role", "\(name)")
                #expect(words("resourceNames") == ["aerie-webhook-cert"], "\(name)")
            }
        }
    }

    @Test(arguments: ["aerie-view", "aerie-edit"])
    func `people who may see or edit a namespace may do so with every kind in it`(role: String) async throws {
        let document = try #require(try await Rendering("deploy").one("ClusterRole", role))
        let verbs: Set<String> =
            role == "aerie-view" ? ["get", "list", "watch"] : ["create", "update", "patch", "delete"]
        for definition in AerieCRDs.all where definition.resource.isNamespaced {
            let granted = (document["rules"]?.arrayValue ?? []).filter { rule in
                rule["apiGroups"]?.arrayValue?.contains(.string(definition.resource.group)) == true
                    && rule["resources"]?.arrayValue?.contains(.string(definition.resource.plural)) == true
            }.flatMap { $0["verbs"]?.arrayValue ?? [] }.compactMap(\.stringValue)
            #expect(verbs.isSubset(of: granted), "\(definition.name)")
        }
        let labels = (document["metadata"]?["labels"]?.objectValue ?? [:]).filter { $0.value == "true" }.keys
        let prefix = "rbac.authorization.k8s.io/aggregate-to-"
        #expect(Set(labels) == Set((role == "aerie-view" ? ["view"] : ["edit", "admin"]).map { prefix + $0 }))
    }

    @Test func `one namespace: the same rules, but as a role of it`() async throws {
        let whole = try await Rendering("deploy")
        let one = try await Rendering("deploy/overlays/namespaced")
        let rules = try #require(whole.one("ClusterRole", "aerie-controller")?["rules"])
        let role = try #require(one.one("Role", "aerie-controller"))
        #expect(role["rules"] == rules)
        let clusterScoped = [
            "Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "PriorityClass",
        ]
        for kind in clusterScoped + ["ValidatingWebhookConfiguration", "Secret"] { #expect(one.all(kind).isEmpty) }
        #expect(one.one("RoleBinding", "aerie-controller")?["roleRef"]?["kind"] == "Role")
        #expect(
            one.pod?["spec"]?["containers"]?[0]?["args"]?.arrayValue?.contains("--namespace=$(POD_NAMESPACE)") == true)
    }

    @Test func `the namespace asks for restricted pods, and everything namespaced is in it`() async throws {
        let rendering = try await Rendering("deploy")
        let labels = rendering.one("Namespace", Self.systemNamespace)?["metadata"]?["labels"]
        #expect(labels?["pod-security.kubernetes.io/enforce"] == "restricted")
        let clusterScoped: Set = [
            "Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "PriorityClass",
            "ValidatingWebhookConfiguration",
        ]
        for document in rendering.documents where !clusterScoped.contains(document["kind"]?.stringValue ?? "") {
            #expect(document["metadata"]?["namespace"] == .string(Self.systemNamespace), "\(document["kind"] ?? "")")
        }
    }

    @Test func `beside the Kubeflow training operator its definition is not touched`() async throws {
        let rendering = try await Rendering("deploy/overlays/beside-kubeflow")
        #expect(rendering.one("CustomResourceDefinition", "tfjobs.kubeflow.org") == nil)
        #expect(rendering.all("CustomResourceDefinition").count == AerieCRDs.all.count - 1)
    }

    @Test(arguments: ["deploy/overlays/kubernetes-1.20", "deploy/overlays/local-kubernetes-1.20"])
    func `old servers get nothing that they do not know`(overlay: String) async throws {
        let rendering = try await Rendering(overlay)
        #expect(!rendering.documents.contains { $0["apiVersion"] == "policy/v1" })
        #expect(!rendering.list.contains("x-kubernetes-validations"))
    }

    @Test func `on one machine old and current servers get the same but for the rules`() async throws {
        let current = try await Rendering("deploy/overlays/local")
        #expect(current.list.contains("x-kubernetes-validations"))
        let old = try await Rendering("deploy/overlays/local-kubernetes-1.20")
        #expect(current.fit(for: ServerRelease(major: 1, minor: 20)).documents == old.documents)
    }

    @Test func `on one machine each webhook has an address of its own instead of a service`() async throws {
        let webhooks = try #require(
            try await Rendering("deploy").all("ValidatingWebhookConfiguration").first?["webhooks"])
        let local = try #require(
            try await Rendering("deploy/overlays/local").all("ValidatingWebhookConfiguration").first?["webhooks"])
        for (webhook, here) in zip(webhooks.arrayValue ?? [], local.arrayValue ?? []) {
            let path = try #require(webhook["clientConfig"]?["service"]?["path"]?.stringValue)
            #expect(here["clientConfig"] == ["url": .string("https://127.0.0.1:9443\(path)")])
            #expect(here["name"] == webhook["name"])
        }
        #expect(local.arrayValue?.count == AerieCRDs.all.count)
    }
}
