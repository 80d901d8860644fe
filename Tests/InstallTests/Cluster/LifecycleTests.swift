import AerieAPI
import FoundationEssentials
import KubernetesAPI
import KubernetesClient
import KubernetesYAML
import TestCluster
import TestSupport
import Testing

/// Installing, upgrading and removing Aerie with kubectl, while jobs run.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LifecycleTests {
    /// What kubectl installed before today: rendered from the first release's manifests, never changed since.
    private static let previous = "\(Rendering.repository)/Tests/InstallTests/Previous/2026-11-21.yaml"

    private static let runs: PodPlayer.Script = { _ in .runs }
    private static let succeeds: PodPlayer.Script = { _ in .ends(exitCode: 0) }

    /// A job whose two pods run, kept by a controller that is gone again.
    private func liveJob(
        _ cluster: InstallCluster, asAdministrator: Bool = false
    ) async throws -> (namespace: String, pods: [String: String]) {
        let namespace = try await cluster.namespace("live")
        try await cluster.admin.create(Samples.tfJob("mnist", in: namespace, workers: 2))
        try await cluster.withController(["--no-leader-elect", "--adopt-tfjobs"], asAdministrator: asAdministrator) {
            try await cluster.withPods(in: namespace, Self.runs) {
                try await cluster.wait(for: "Running", of: "mnist", in: namespace)
            }
        }
        let pods = try await cluster.pods(in: namespace)
        #expect(pods.count == 2)
        return (namespace, pods)
    }

    /// The same pods are still there, and the installed controller brings the job to its end.
    private func expectUntouched(
        _ cluster: InstallCluster, _ job: (namespace: String, pods: [String: String])
    ) async throws {
        #expect(try await cluster.pods(in: job.namespace) == job.pods)
        try await cluster.withController {
            try await cluster.withPods(in: job.namespace, Self.succeeds) {
                try await cluster.wait(for: "Succeeded", of: "mnist", in: job.namespace)
            }
        }
        let status = try await cluster.get(TFJob.resource, job.namespace, "mnist")?["status"]
        #expect((status?["restarts"]?.intValue ?? 0) == 0)
        #expect(Set(try await cluster.pods(in: job.namespace).values).isSubset(of: job.pods.values))
    }

    @Test func `one command installs, and a second time it changes nothing`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        let folder = "\(Rendering.repository)/\(cluster.release.manifests)"
        try await cluster.run(InstallCluster.apply + ["-k", folder])
        let read = ["get", "deployment,clusterrole,crd,networkpolicy,pdb", "-n", "aerie-system", "-o"]
        let versions = "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation}{\"\\n\"}{end}"
        let first = try await cluster.run(read + [versions])
        #expect(first.contains("aerie-controller"))
        try await cluster.run(InstallCluster.apply + ["-k", folder])
        #expect(try await cluster.run(read + [versions]) == first)
    }

    /// Without what the server of the test is too old for; everything else is sent as it is.
    @Test(arguments: Rendering.parts)
    func `the server accepts every overlay`(overlay: String) async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.install(try await Rendering("deploy").fit(for: cluster.release))
        // The Prometheus operator's own definitions are not here: what is sent is checked by the rules' own tool.
        let rendering = try await Rendering(overlay).fit(for: cluster.release)
            .without("ServiceMonitor", "PrometheusRule")
        let output = try await cluster.run(
            InstallCluster.apply + ["--dry-run=server", "--force-conflicts"], input: rendering)
        #expect(output.split(separator: "\n").count == rendering.documents.count)
    }

    @Test(arguments: ["aks", "gke"])
    func `the server accepts the accelerator profiles`(overlay: String) async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.install(try await Rendering("deploy").fit(for: cluster.release))
        let file = "\(Rendering.repository)/deploy/overlays/\(overlay)/accelerator-profiles.yaml"
        let output = try await cluster.run(["apply", "--dry-run=server", "-f", file])
        #expect(output.split(separator: "\n").count == 3)
    }

    @Test(arguments: [["apply"], InstallCluster.apply + ["--force-conflicts"]])
    func `an upgrade leaves live jobs alone`(command: [String]) async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        try await cluster.run(["apply", "-f", Self.previous])
        let job = try await liveJob(cluster, asAdministrator: true)
        try await cluster.run(command, input: try await Rendering("deploy").fit(for: cluster.release))
        try await expectUntouched(cluster, job)
    }

    @Test func `removing the controller leaves jobs running, and installing it again goes on with them`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        let rendering = try await Rendering("deploy").fit(for: cluster.release)
        try await cluster.install(rendering)
        let job = try await liveJob(cluster)
        try await cluster.run(["delete", "--wait"], input: rendering.without("CustomResourceDefinition"))
        #expect(try await cluster.get(Kinds.serviceAccount, InstallCluster.systemNamespace, "aerie-controller") == nil)
        #expect(try await cluster.pods(in: job.namespace) == job.pods)
        try await cluster.install(rendering)
        try await expectUntouched(cluster, job)
    }

    @Test func `removing the jobs and then everything leaves nothing behind`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        let rendering = try await Rendering("deploy").fit(for: cluster.release)
        try await cluster.install(rendering)
        let job = try await liveJob(cluster)
        // As the guide says: a collector that no longer knows a kind may have missed that its objects went.
        try await cluster.run(["delete", "tfjobs", "--all", "--all-namespaces", "--wait"])
        try await eventually("the pods of \(job.namespace) are collected", within: .seconds(300)) {
            try await cluster.pods(in: job.namespace).isEmpty ? true : nil
        }
        try await cluster.run(["delete", "--wait"], input: rendering)
        #expect(try await cluster.kubectl(["get", "tfjobs"]).status != 0, "the definition is gone")
    }

    /// Under either name that kubectl gives to who applied it before.
    @Test(arguments: [[], ["--server-side"]])
    func `a TFJob definition of someone else is not overwritten`(options: [String]) async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        let ours = try await Rendering("deploy").fit(for: cluster.release)
        var foreign = try #require(ours.one("CustomResourceDefinition", "tfjobs.kubeflow.org"))
        foreign["metadata"] = ["name": "tfjobs.kubeflow.org"]
        foreign["spec"]?["versions"] = [
            [
                "name": "v1", "served": true, "storage": true,
                "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
            ]
        ]
        try await cluster.run(["apply"] + options, input: Rendering(documents: [foreign]))

        let outcome = try await cluster.kubectl(InstallCluster.apply, input: ours)
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("conflict with \"kubectl"))
        #expect(outcome.error.contains(".spec.versions"))
        let schema = "jsonpath={.spec.versions[0].schema.openAPIV3Schema}"
        let stored = try await cluster.run(["get", "crd", "tfjobs.kubeflow.org", "-o", schema])
        #expect(stored.contains("preserve-unknown-fields") && !stored.contains("tfReplicaSpecs"))
    }

    @Test func `in one namespace the controller works there and can see no other`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        let team = try await cluster.namespace("team")
        let other = try await cluster.namespace("other")
        let folder = try TemporaryFolder(
            kustomization: """
                namespace: \(team)
                resources: [../..\(Rendering.repository)/deploy/overlays/namespaced]
                """)
        try await cluster.install(try await Rendering("deploy/overlays/namespaced/cluster").fit(for: cluster.release))
        let rendering = try await Rendering(rendered: folder.path).fit(for: cluster.release)
        try await cluster.run(InstallCluster.apply, input: rendering)
        for namespace in [team, other] {
            try await cluster.admin.create(Samples.tfJob("mnist", in: namespace, workers: 1))
        }
        try await cluster.withController(["--no-leader-elect", "--namespace", team], in: team) {
            try await cluster.withPods(in: team, Self.succeeds) {
                try await cluster.wait(for: "Succeeded", of: "mnist", in: team)
            }
        }
        #expect(try await cluster.pods(in: other).isEmpty)
        #expect(try await cluster.get(TFJob.resource, other, "mnist")?["status"] == nil)
        let account = "--as=system:serviceaccount:\(team):aerie-controller"
        for (namespace, answer) in [(team, "yes"), (other, "no"), ("kube-system", "no")] {
            for question in [["list", "pods"], ["create", "pods"], ["list", "tfjobs.kubeflow.org"]] {
                // Answers "no" with an exit code of 1.
                let outcome = try await cluster.kubectl(["auth", "can-i", account, "-n", namespace] + question)
                #expect(outcome.output.hasPrefix(answer), "\(question) in \(namespace)")
            }
        }
        try await cluster.run(["delete", "--wait"], input: rendering)
        #expect(try await cluster.get(TFJob.resource, team, "mnist") != nil)
    }
}
