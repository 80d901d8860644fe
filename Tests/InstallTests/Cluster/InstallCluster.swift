import AerieAPI
import FoundationEssentials
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport

/// A control plane of this suite's own, on which Aerie is installed and removed with kubectl.
struct InstallCluster: Sendable {
    static let systemNamespace = "aerie-system"
    /// As the documentation has it: who owns which field is told apart by this name.
    static let apply = ["apply", "--server-side", "--field-manager=aerie"]

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let server: ControlPlane
    let release: ServerRelease
    var admin: KubernetesClient { server.client }

    private static let started = Task {
        let server = try await ControlPlane.audited()
        return InstallCluster(server: server, release: try ServerRelease(try await server.client.version()))
    }

    static func shared() async throws -> InstallCluster { try await started.value }

    // MARK: kubectl

    func kubectl(_ arguments: [String], input: Rendering? = nil) async throws -> Tool.Outcome {
        let file = try input.map { try TemporaryFile($0.list) }
        let options = [
            "--kubeconfig", "\(server.directory)/admin.kubeconfig", "--cache-dir", "\(server.directory)/cache",
        ]
        return try await Tool.outcome(
            of: "kubectl", options + arguments + (file.map { ["--filename", $0.path] } ?? []))
    }

    /// Runs what must succeed.
    @discardableResult
    func run(_ arguments: [String], input: Rendering? = nil) async throws -> String {
        let outcome = try await kubectl(arguments, input: input)
        guard outcome.status == 0 else {
            throw Failure(description: "kubectl \(arguments.joined(separator: " ")): \(outcome.error)")
        }
        return outcome.output
    }

    /// Installs a rendering and waits until its kinds are served.
    func install(_ rendering: Rendering) async throws {
        try await run(Self.apply, input: rendering)
        for kind in AerieCRDs.all {
            try await eventually("\(kind.name) is served") {
                try? await admin.document(.list(kind.resource, limit: 1))
            }
        }
    }

    /// Takes everything away that a test may have left, and waits until it is gone.
    func clear() async throws {
        // The namespace stays, since the server takes its time to end one.
        let everything = try await Rendering("deploy").fit(for: release).without("Namespace")
        _ = try await kubectl(["delete", "--ignore-not-found", "--wait"], input: everything)
        let definitions = Resource(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions", isNamespaced: false)
        try await eventually("no definition is left") {
            try await admin.list(definitions).contains {
                $0["spec"]?["group"] == "aerie.dev" || $0["spec"]?["group"] == "kubeflow.org"
            } ? nil : true
        }
    }

    /// A namespace with the account that pods run under.
    func namespace(_ prefix: String) async throws -> String {
        let name = try await server.namespace(prefix)
        let account = Reference(Kinds.serviceAccount, namespace: name, name: "default")
        try await eventually("\(account) exists") { try? await admin.get(account) }
        return name
    }

    func get(
        _ resource: Resource, _ namespace: String, _ name: String
    ) async throws(KubernetesError) -> JSONValue? {
        do throws(KubernetesError) {
            return try await admin.get(Reference(resource, namespace: namespace, name: name))
        } catch  where error.reason == .notFound {
            return nil
        }
    }

    /// Waits until a TFJob has a condition, which is true.
    func wait(for condition: String, of job: String, in namespace: String) async throws {
        try await eventually("\(namespace)/\(job) is \(condition)") {
            let conditions = try await get(TFJob.resource, namespace, job)?["status"]?["conditions"]?.arrayValue ?? []
            return conditions.contains { $0["type"]?.stringValue == condition && $0["status"] == "True" } ? true : nil
        }
    }

    /// Events come after the work that they tell of.
    func waitForEvent(_ reason: String, in namespace: String) async throws {
        let events = Resource(group: "", version: "v1", kind: "Event", plural: "events")
        try await eventually("\(reason) is told in \(namespace)") {
            let told = try await admin.list(events, Selection(namespace: namespace))
            return told.contains { $0["reason"]?.stringValue == reason } ? true : nil
        }
    }

    // MARK: The controller

    /// Runs the controller under its account, and no other rights, while `body` runs.
    func withController<Result: Sendable>(
        _ arguments: [String] = ["--no-leader-elect"], asAdministrator: Bool = false,
        in systemNamespace: String = Self.systemNamespace, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let account = ObjectKey(namespace: systemNamespace, name: "aerie-controller")
        let token = asAdministrator ? server.token : try await admin.token(serviceAccount: account).token
        let controller = try ControllerProgram(
            on: server, token: token, ["--log-level", "error"] + arguments,
            environment: ["POD_NAMESPACE": systemNamespace])
        return try await controller.run(while: body)
    }

    /// Plays the node in a namespace while `body` runs.
    func withPods<Result: Sendable>(
        in namespace: String, _ script: @escaping PodPlayer.Script, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await PodPlayer(client: admin, namespace: namespace).play(script) }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// The uids of the pods of a namespace, by name.
    func pods(in namespace: String) async throws -> [String: String] {
        let pods = try await PodPlayer(client: admin, namespace: namespace).pods()
        return Dictionary(pods.map { ($0.name, $0.uid) }) { first, _ in first }
    }
}
