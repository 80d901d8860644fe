import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// What a server gets follows from what it says of itself at `/version`.
@Suite struct ServerReleaseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var version: String
        var release: ServerRelease
        var knowsRules: Bool
        var budgets: String
        var testDescription: String { version }
    }

    static let rows = [
        Row(
            version: "v1.20.2", release: ServerRelease(major: 1, minor: 20), knowsRules: false,
            budgets: "policy/v1beta1"),
        Row(version: "v1.21.14", release: ServerRelease(major: 1, minor: 21), knowsRules: false, budgets: "policy/v1"),
        Row(
            version: "v1.24.17-gke.200", release: ServerRelease(major: 1, minor: 24), knowsRules: false,
            budgets: "policy/v1"),
        Row(version: "v1.25.0", release: ServerRelease(major: 1, minor: 25), knowsRules: true, budgets: "policy/v1"),
        Row(
            version: "v1.29.15-eks-3abbec1", release: ServerRelease(major: 1, minor: 29), knowsRules: true,
            budgets: "policy/v1"),
        Row(
            version: "v1.36.4+k3s1", release: ServerRelease(major: 1, minor: 36), knowsRules: true,
            budgets: "policy/v1"),
        Row(
            version: "v1.100.0-rc.1", release: ServerRelease(major: 1, minor: 100), knowsRules: true,
            budgets: "policy/v1"),
        Row(version: "v2.0.0", release: ServerRelease(major: 2, minor: 0), knowsRules: true, budgets: "policy/v1"),
    ]

    /// As some vendors have it, with a sign in the number.
    private static func document(_ version: String) throws -> ServerVersion {
        try (["major": "1", "minor": "24+", "gitVersion": .string(version)] as JSONValue).decode()
    }

    @Test(arguments: rows) func `manifests follow from the release, for tests as for scripts`(row: Row) async throws {
        let release = try ServerRelease(Self.document(row.version))
        #expect(release == row.release)
        #expect(release.knowsRules == row.knowsRules)
        #expect(release.budgets == row.budgets)
        let answer = try TemporaryFile("{\n  \"minor\": \"24+\",\n  \"gitVersion\": \"\(row.version)\"\n}")
        let script = "\(Rendering.repository)/scripts/manifests-for"
        for (what, folder) in [
            ("crds", release.definitions), ("deploy", release.manifests), ("local", release.localManifests),
        ] {
            let command = "\"$1\" \"$2\" < \"$3\""
            let said = try await Tool.run("bash", ["-c", command, "folder", script, what, answer.path])
            #expect(said == "\(folder)\n")
            let rendering = try await Rendering(folder)
            #expect(rendering.list.contains("x-kubernetes-validations") == row.knowsRules, "\(folder)")
        }
    }

    @Test(arguments: ["", "1.25", "v1", "v1.x", "v99999999999999999999.1", "unknown"])
    func `what is no release is not taken for an old one`(version: String) throws {
        #expect(throws: ServerRelease.Unreadable.self) { try ServerRelease(Self.document(version)) }
    }

    @Test func `a rendering loses what its server does not know, and nothing else`() throws {
        let budget: JSONValue = ["apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": [:]]
        let definition: JSONValue = [
            "kind": "CustomResourceDefinition",
            "spec": ["a": [["x-kubernetes-validations": [["rule": "true"]], "type": "object"]]],
        ]
        let rendering = Rendering(documents: [budget, definition])
        #expect(rendering.fit(for: ServerRelease(major: 1, minor: 36)).documents == [budget, definition])
        let between = rendering.fit(for: ServerRelease(major: 1, minor: 22)).documents
        #expect(between[0] == budget)
        #expect(between[1]["spec"] == ["a": [["type": "object"]]])
        #expect(rendering.fit(for: ServerRelease(major: 1, minor: 20)).documents[0]["apiVersion"] == "policy/v1beta1")
    }
}
