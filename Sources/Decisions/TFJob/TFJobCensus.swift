import AerieAPI
import KubernetesAPI

/// The pods and services of a job by the replica that they belong to.
///
/// Only objects that this very job controls count; those that merely bear its labels may belong to an earlier job of
/// the same name, and only stand in the way.
struct TFJobCensus {
    struct Replica: Hashable {
        var type: TFJob.ReplicaType
        var index: Int
    }

    /// The place of one replica and the pod in it.
    struct Slot {
        var replica: Replica
        var pod: Pod
    }

    private var slots: [Replica: Pod] = [:]
    private var services: [Replica: Service] = [:]
    /// Second pods of one replica, and pods and services that belong to no replica of this job.
    private(set) var surplusPods: [Pod] = []
    private(set) var surplusServices: [Service] = []
    /// All pods of this job, with the type that they were made for.
    private(set) var pods: [(pod: Pod, type: TFJob.ReplicaType?)] = []
    private(set) var ownServices: [Service] = []
    /// Names that somebody else's object has.
    private(set) var takenPodNames: Set<String> = []
    private(set) var takenServiceNames: Set<String> = []

    init(job: TFJob, pods observedPods: [Pod], services observedServices: [Service]) {
        let counts = Dictionary(job.replicas.map { ($0.type, $0.count) }) { first, _ in first }
        let owns = { (metadata: ObjectMeta) in metadata.controller?.uid == job.metadata.uid }

        // The first of several pods for one replica stays: one that is not going away, then the oldest.
        let own = observedPods.filter { owns($0.metadata) }.sorted {
            let left = $0.metadata
            let right = $1.metadata
            return (left.deletionTimestamp == nil ? 0 : 1, left.creationTimestamp?.seconds ?? 0, left.name, left.uid)
                < (right.deletionTimestamp == nil ? 0 : 1, right.creationTimestamp?.seconds ?? 0, right.name, right.uid)
        }
        for pod in own {
            let replica = Self.replica(of: pod.metadata, in: job)
            pods.append((pod, replica?.type))
            guard let replica, replica.index < counts[replica.type] ?? 0, slots[replica] == nil else {
                surplusPods.append(pod)
                continue
            }
            slots[replica] = pod
        }
        takenPodNames = Set(observedPods.filter { !owns($0.metadata) }.map(\.metadata.name))

        ownServices = observedServices.filter { owns($0.metadata) }.sorted { $0.metadata.name < $1.metadata.name }
        for service in ownServices {
            guard let replica = Self.replica(of: service.metadata, in: job),
                replica.index < counts[replica.type] ?? 0, services[replica] == nil
            else {
                surplusServices.append(service)
                continue
            }
            services[replica] = service
        }
        takenServiceNames = Set(observedServices.filter { !owns($0.metadata) }.map(\.metadata.name))
    }

    func pod(_ type: TFJob.ReplicaType, _ index: Int) -> Pod? { slots[Replica(type: type, index: index)] }

    func service(_ type: TFJob.ReplicaType, _ index: Int) -> Service? {
        services[Replica(type: type, index: index)]
    }

    /// The occupied places of these replicas, in order.
    func slots(_ replicas: [TFJob.Replica]) -> [Slot] {
        replicas.flatMap { replica in
            (0..<replica.count).compactMap { index in
                pod(replica.type, index).map { Slot(replica: Replica(type: replica.type, index: index), pod: $0) }
            }
        }
    }

    /// By the labels, or by the name where someone changed the labels.
    private static func replica(of metadata: ObjectMeta, in job: TFJob) -> Replica? {
        // From text: what is no number names no replica.
        if let type = metadata.labels[TFJob.Label.replicaType].flatMap(TFJob.ReplicaType.init(anyCase:)),
            let index = metadata.labels[TFJob.Label.replicaIndex].flatMap({ Int($0) }), index >= 0
        {
            return Replica(type: type, index: index)
        }
        for type in TFJob.ReplicaType.allCases {
            let prefix = "\(job.metadata.name)-\(type.lowercased)-"
            // From text: what is no number names no replica.
            if metadata.name.hasPrefix(prefix), let index = Int(metadata.name.dropFirst(prefix.count)), index >= 0 {
                return Replica(type: type, index: index)
            }
        }
        return nil
    }
}
