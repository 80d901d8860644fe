public import KubernetesAPI

/// Fields of a pod that a manifest has inside a container, and what is done about them.
///
/// Published TFJob manifests indent `tolerations`, `nodeSelector` and `restartPolicy` four spaces too far. What can
/// only have been meant for the pod is moved there. A restart policy of the container `tensorflow` is dropped, because
/// the replica has its own and a newer cluster would otherwise let the container's win; unless the container has rules
/// about restarts, which cannot do without. Other containers may have their own.
public struct MisplacedPodFields: Hashable, Sendable {
    public struct Finding: Hashable, Sendable {
        /// From the template on: `spec.containers[0].tolerations`.
        public var path: String
        /// What is done with it and where it belongs.
        public var message: String
    }

    /// The template as it is used.
    public private(set) var corrected: JSONValue
    /// In the order of the containers, then of the fields' names.
    public private(set) var findings: [Finding] = []

    public init(in template: JSONValue) {
        corrected = template
        guard var pod = template["spec"], var containers = pod["containers"]?.arrayValue else { return }
        for index in containers.indices {
            guard let written = containers[index].objectValue else { continue }
            for name in written.keys.sorted() {
                guard let value = written[name], let treatment = Self.treatments[name] else { continue }
                if treatment == .dropped, Self.hasOwnRestarts(containers[index]) { continue }
                let message = treatment == .dropped ? Self.drop(name) : Self.hoist(value, as: name, into: &pod)
                findings.append(Finding(path: "spec.containers[\(index)].\(name)", message: message))
                containers[index][name] = nil
            }
        }
        guard !findings.isEmpty else { return }
        pod["containers"] = .array(containers)
        corrected["spec"] = pod
    }

    enum Treatment { case hoisted, dropped }

    /// No container has a field of any of these names with the meaning that it has in a pod.
    private static let treatments: [String: Treatment] = [
        "tolerations": .hoisted, "nodeSelector": .hoisted, "affinity": .hoisted, "serviceAccountName": .hoisted,
        "imagePullSecrets": .hoisted, "priorityClassName": .hoisted, "volumes": .hoisted, "hostNetwork": .hoisted,
        "schedulerName": .hoisted, "runtimeClassName": .hoisted, "restartPolicy": .dropped,
    ]

    /// The names of all fields that are put right.
    static var names: Dictionary<String, Treatment>.Keys { treatments.keys }

    /// Whether the container was meant to be restarted in its own way, which clusters know from 1.34 on.
    private static func hasOwnRestarts(_ container: JSONValue) -> Bool {
        container["name"]?.stringValue != TFJob.Name.container
            || container["restartPolicyRules"]?.arrayValue?.isEmpty == false
    }

    private static func drop(_ name: String) -> String {
        "is not a field of a container of a TFJob and is ignored; "
            + "write restartPolicy beside `template`, in the replica spec"
    }

    /// Lists are appended to the pod's, maps fill the pod's gaps, anything else counts where the pod says nothing.
    private static func hoist(_ value: JSONValue, as name: String, into pod: inout JSONValue) -> String {
        let place = "template.spec.\(name)"
        switch (pod[name], value) {
        case (nil, _), (.null?, _):
            pod[name] = value
            return "is not a field of a container; it is used as \(place), move it there"
        case (.array(let present)?, .array(let further)):
            pod[name] = .array(present + further.filter { !present.contains($0) })
            return "is not a field of a container; it is added to \(place), move it there"
        case (.object(let present)?, .object(let further)):
            pod[name] = .object(present.merging(further) { old, _ in old })
            return "is not a field of a container; it is added to \(place), move it there"
        default:
            return "is not a field of a container and is ignored, because \(place) is set; remove it"
        }
    }
}
