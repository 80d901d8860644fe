import AerieAPI
import KubernetesAPI

/// Puts one word for everything that is different in every run.
struct Names {
    private let namespace: String
    /// Their uids, from which other objects' names are made.
    private let experiments: [String]

    init(namespace: String, experiments: [String]) {
        self.namespace = namespace
        self.experiments = experiments
    }

    private static let dropped: Set<String> = [
        "resourceVersion", "managedFields", "selfLink", "clusterIP", "clusterIPs", "nodePort",
        Annotation.manifestHash, Interference.annotation, "observedGeneration",
    ]

    func normalised(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            var kept: [String: JSONValue] = [:]
            for (name, member) in members where !Self.dropped.contains(name) {
                kept[name] = name == "conditions" ? conditions(member) : normalised(member)
            }
            if kept["annotations"] == [:] { kept["annotations"] = nil }
            return .object(kept)
        case .array(let elements): return .array(elements.map(normalised))
        case .string(let text): return .string(normalised(text))
        default: return value
        }
    }

    /// Conditions, whatever was seen on the way.
    ///
    /// The order in which they were first set depends on how much was seen at once; the last one says how it is. So does
    /// whether pods that end at once were ever seen to run, or all to be ready: that they are no more is no difference.
    private func conditions(_ list: JSONValue) -> JSONValue {
        let conditions = (list.arrayValue ?? []).map(normalised).filter {
            !["Running", "AllReplicasReady"].contains($0["type"]?.stringValue) || $0["status"]?.stringValue != "False"
        }
        let type = { (condition: JSONValue) in condition["type"]?.stringValue ?? "" }
        return ["last": conditions.last ?? .null, "all": .array(conditions.sorted { type($0) < type($1) })]
    }

    private func normalised(_ text: String) -> String {
        if Time(text) != nil { return "TIME" }
        // Whole uids first: a group of four in the middle of one may be the first four digits of another.
        var words = text.replacing(namespace, with: "NAMESPACE")
            .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "UID")
        for uid in experiments {
            words = words.replacing("-\(uid.prefix(8))", with: "-UID8").replacing("-\(uid.prefix(4))-", with: "-UID4-")
        }
        // What a server mounts into every pod: a secret before 1.21, a projected volume since then.
        return words.replacing(/(default-token|kube-api-access)-[a-z0-9]{5}/, with: "TOKEN")
            .replacing(/ReplicaSet "[^"]+"/, with: "ReplicaSet")
    }
}
