import AerieAPI
import KubernetesAPI

/// What a job needs and where it has it, for `kubectl get -o wide`.
extension TFJobRound {
    mutating func noteResources() {
        let policy = job.spec.runPolicy.schedulingPolicy
        status.queue = job.metadata.labels[Label.queueName] ?? policy?.queue
        status.accelerators = accelerators
        let nodes = Set(census.pods.compactMap(\.pod.spec?.nodeName)).sorted()
        let shown = nodes.prefix(Self.shownNodes).joined(separator: ",")
        let others = nodes.count.subtractingWithSaturation(Self.shownNodes)
        status.nodes = nodes.isEmpty ? Optional.none : others > 0 ? "\(shown) and \(others) more" : shown
    }

    private static let shownNodes = 3

    /// Extended resources: those whose name has a domain that is not Kubernetes' own.
    private var accelerators: String? {
        var sum: [String: Quantity] = [:]
        for replica in replicas where replica.count > 0 {
            let devices = replica.requests.filter { name, _ in
                name.contains("/") && !name.prefix { $0 != "/" }.hasSuffix("kubernetes.io")
            }
            // Cannot overflow: quantities saturate.
            sum.merge(devices.mapValues { $0 * replica.count }, uniquingKeysWith: +)
        }
        let parts = sum.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return parts.isEmpty ? nil : String(parts.joined(separator: ", ").prefix(1_024))
    }
}

extension TFJob.Replica {
    /// What the containers of one pod request together.
    ///
    /// What a container does not request but limits, it requests: that is how pods are scheduled. Amounts that are none
    /// are left to the API server to refuse.
    var requests: [String: Quantity] {
        var sum: [String: Quantity] = [:]
        for container in writtenTemplate["spec"]?["containers"]?.arrayValue ?? [] {
            let limits = container["resources"]?["limits"]?.objectValue ?? [:]
            let requests = container["resources"]?["requests"]?.objectValue ?? [:]
            let effective = limits.merging(requests) { _, request in request }
            sum.merge(effective.compactMapValues { Quantity($0) }, uniquingKeysWith: +)
        }
        return sum
    }
}
