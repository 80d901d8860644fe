import AerieAPI
import KubernetesAPI

/// A pod as a script sees it.
struct PlayedPod: Sendable {
    let document: JSONValue

    init(_ document: JSONValue) { self.document = document }

    var name: String { document["metadata"]?["name"]?.stringValue ?? "" }
    var uid: String { document["metadata"]?["uid"]?.stringValue ?? "" }
    var reference: Reference {
        Reference(Pod.resource, namespace: document["metadata"]?["namespace"]?.stringValue ?? "", name: name)
    }
    var spec: JSONValue { document["spec"] ?? [:] }

    func label(_ name: String) -> String? { document["metadata"]?["labels"]?[name]?.stringValue }

    var isRunning: Bool { phase == "Running" }
    /// Whether a node would have nothing more to do with it.
    var isOver: Bool {
        phase == "Succeeded" || phase == "Failed" || document["metadata"]?["deletionTimestamp"] != nil
    }
    private var phase: String { document["status"]?["phase"]?.stringValue ?? "Pending" }

    var containers: [String] { names("containers") }
    var initContainers: [String] { names("initContainers") }

    private func names(_ list: String) -> [String] {
        (spec[list]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    /// The environment of the first container.
    var environment: [String: String] {
        let variables = spec["containers"]?[0]?["env"]?.arrayValue ?? []
        let pairs = variables.compactMap { variable in
            variable["name"]?.stringValue.map { ($0, variable["value"]?.stringValue ?? "") }
        }
        return Dictionary(pairs) { _, last in last }
    }

    /// Of the trial that the pod trains, from 1; `nil` for other pods.
    var trialNumber: Int? { label(Label.trialNumber).flatMap { Int($0) } }

    /// The worker's index within its TFJob.
    var workerIndex: Int? { label(TFJob.Label.replicaIndex).flatMap { Int($0) } }

    var isPromotionBuild: Bool { containers == ["build"] }
    var isServing: Bool { containers == ["serving"] }
}
