import AerieAPI
package import KubernetesAPI

/// A pod as a script sees it.
package struct PlayedPod: Sendable {
    package let document: JSONValue

    package init(_ document: JSONValue) { self.document = document }

    package var name: String { document["metadata"]?["name"]?.stringValue ?? "" }
    package var uid: String { document["metadata"]?["uid"]?.stringValue ?? "" }
    package var reference: Reference {
        Reference(Pod.resource, namespace: document["metadata"]?["namespace"]?.stringValue ?? "", name: name)
    }
    package var spec: JSONValue { document["spec"] ?? [:] }

    package func label(_ name: String) -> String? { document["metadata"]?["labels"]?[name]?.stringValue }

    package var isRunning: Bool { phase == "Running" }
    /// Whether a node would have nothing more to do with it.
    package var isOver: Bool {
        phase == "Succeeded" || phase == "Failed" || document["metadata"]?["deletionTimestamp"] != nil
    }
    private var phase: String { document["status"]?["phase"]?.stringValue ?? "Pending" }

    /// How often its last container was started again in place.
    package var restarts: Int {
        document["status"]?["containerStatuses"]?.arrayValue?.last?["restartCount"]?.intValue ?? 0
    }

    package var containers: [String] { names("containers") }
    package var initContainers: [String] { names("initContainers") }

    private func names(_ list: String) -> [String] {
        (spec[list]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    /// The environment of the first container.
    package var environment: [String: String] {
        let variables = spec["containers"]?[0]?["env"]?.arrayValue ?? []
        let pairs = variables.compactMap { variable in
            variable["name"]?.stringValue.map { ($0, variable["value"]?.stringValue ?? "") }
        }
        return Dictionary(pairs) { _, last in last }
    }

    /// Of the trial that the pod trains, from 1; `nil` for other pods.
    package var trialNumber: Int? { label(Label.trialNumber).flatMap { Int($0) } }

    /// The worker's index within its TFJob.
    package var workerIndex: Int? { label(TFJob.Label.replicaIndex).flatMap { Int($0) } }

    package var isPromotionBuild: Bool { containers == ["build"] }
    package var isServing: Bool { containers == ["serving"] }
}
