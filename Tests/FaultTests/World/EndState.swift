import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster

/// All that is left in a namespace, without what differs between any two runs: uids, versions and times.
struct EndState: Equatable, Sendable {
    /// By kind and name, as text that is equal for equal objects.
    var objects: [String: String]

    private static let kinds = [
        TFJob.resource, TrainingExperiment.resource, Trial.resource, ModelPromotion.resource, Service.resource,
        Job.resource, Deployment.resource,
    ]

    /// - Parameters:
    ///   - namespace: Whose objects are looked at.
    ///   - client: Reads them.
    ///   - foreignKinds: What is looked for besides our own kinds.
    init(of namespace: String, _ client: KubernetesClient, and foreignKinds: [Resource] = []) async throws {
        var documents: [(kind: String, document: JSONValue)] = []
        for resource in Self.kinds + foreignKinds {
            documents += try await client.list(resource, Selection(namespace: namespace))
                .map { (resource.kind, $0) }
        }
        // Pods of jobs and deployments are Kubernetes' own matter, and have names of its making.
        let ours = Selection(namespace: namespace, labelSelector: TFJob.Label.jobName)
        documents += try await client.list(Pod.resource, ours).map { (Pod.resource.kind, $0) }
        let names = Names(namespace: namespace, experiments: documents.filter { $0.kind == "TrainingExperiment" })
        objects = [:]
        for (kind, document) in documents {
            let same = names.normalised(document)
            objects["\(kind) \(same["metadata"]?["name"]?.stringValue ?? "")"] = same.description
        }
    }

    /// What this one has more, less or otherwise, for a failure; empty when both are equal.
    func differences(from other: EndState) -> [String] {
        Set(objects.keys).union(other.objects.keys).sorted().compactMap { key in
            switch (objects[key], other.objects[key]) {
            case (let mine?, let wanted?) where mine != wanted: "\(key): \(Self.difference(mine, wanted))"
            case (.some, nil): "\(key) is left over"
            case (nil, .some): "\(key) is missing"
            default: nil
            }
        }
    }

    /// The part around the first character that differs.
    private static func difference(_ left: String, _ right: String) -> String {
        let common = zip(left, right).prefix { $0.0 == $0.1 }.count
        let start = max(0, common - 60)
        return "…\(left.dropFirst(start).prefix(200))… instead of …\(right.dropFirst(start).prefix(200))…"
    }
}

/// Puts one word for everything that is different in every run.
private struct Names {
    let namespace: String
    private let experiments: [String]

    init(namespace: String, experiments: [(kind: String, document: JSONValue)]) {
        self.namespace = namespace
        self.experiments = experiments.compactMap { $0.document["metadata"]?["uid"]?.stringValue }
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
        var words = text.replacing(namespace, with: "NAMESPACE")
        for uid in experiments {
            words = words.replacing(uid, with: "UID").replacing("-\(uid.prefix(8))", with: "-UID8")
                .replacing("-\(uid.prefix(4))-", with: "-UID4-")
        }
        // The secret that an old server mounts into every pod.
        words = words.replacing(/default-token-[a-z0-9]{5}/, with: "default-token")
            .replacing(/ReplicaSet "[^"]+"/, with: "ReplicaSet")
        return words.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "UID")
    }
}
