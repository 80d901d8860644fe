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
        let experiments = documents.filter { $0.kind == "TrainingExperiment" }
            .compactMap { $0.document["metadata"]?["uid"]?.stringValue }
        let names = Names(namespace: namespace, experiments: experiments)
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
