import AerieAPI
import KubernetesAPI

/// An API server with one job and what belongs to it.
///
/// It does what the real one promises: names are unique, a status is replaced only over the version that was read, a
/// deletion meets only the uid that it names, pods on a node get time to go, and quotas refuse.
struct SimulatedServer {
    private(set) var jobs = SimulatedKind<TFJob>()
    private(set) var pods = SimulatedKind<Pod>()
    private(set) var services = SimulatedKind<Service>()
    /// Of either scheduler: their kinds differ in the API group only.
    private(set) var podGroups = SimulatedKind<VolcanoPodGroup>()
    /// The version of the last change of anything.
    private(set) var version = 0
    /// Kinds of which a quota admits no more.
    var refused: Set<Resource> = []
    private var uids = 0

    init(_ job: TFJob) {
        put(job)
    }

    var job: TFJob? { jobs.objects.first }
    var podGroup: VolcanoPodGroup? { podGroups.objects.first }

    /// Pods that this job made.
    var ownPods: [Pod] { pods.objects.filter { $0.metadata.controller?.uid == jobUID } }
    var ownServices: [Service] { services.objects.filter { $0.metadata.controller?.uid == jobUID } }

    private var jobUID: String { job?.metadata.uid ?? "" }

    // MARK: - Requests of the controller

    mutating func create(_ manifest: Manifest, at now: Time) throws(KubernetesError) {
        let (reference, body) = (manifest.reference, manifest.body)
        guard !refused.contains(reference.resource) else {
            throw KubernetesError(
                .forbidden,
                "\(reference.resource.plural) \"\(reference.key.name)\" is forbidden: exceeded quota: small",
                code: 403)
        }
        guard !exists(reference) else {
            throw KubernetesError(.alreadyExists, "\(reference) exists", code: 409)
        }
        var metadata = ObjectMeta(name: reference.key.name, namespace: reference.key.namespace)
        metadata.labels =
            body["metadata"]?["labels"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
        for owner in body["metadata"]?["ownerReferences"]?.arrayValue ?? [] {
            if let owner = try? owner.decode(OwnerReference.self) {
                metadata.ownerReferences.append(owner)
            }
        }
        uids += 1
        metadata.uid = "uid-\(uids)"
        metadata.creationTimestamp = now
        switch reference.resource {
        case Pod.resource: put(Pod(metadata: metadata, status: Pod.Status(phase: .pending)))
        case Service.resource: put(Service(metadata: metadata))
        default: put(VolcanoPodGroup(metadata: metadata, spec: body["spec"]))
        }
    }

    /// - Throws: `NotFound`, or `Conflict` where another object has the name.
    mutating func delete(_ reference: Reference, uid: String, at now: Time) throws(KubernetesError) {
        guard let present = metadata(of: reference) else { throw KubernetesError(.notFound, code: 404) }
        guard present.uid == uid else { throw KubernetesError(.conflict, code: 409) }
        let name = reference.key.name
        switch reference.resource {
        case TFJob.resource: removeJob()
        case Service.resource: removeService(name)
        case Pod.resource: deletePod(name, at: now)
        default: podGroups.remove(name, version: next())
        }
    }

    /// As a merge patch of a PodGroup.
    mutating func patch(_ reference: Reference, _ patch: JSONValue) throws(KubernetesError) {
        guard var group = podGroups[reference.key.name] else {
            throw KubernetesError(.notFound, code: 404)
        }
        for (field, value) in patch["spec"]?.objectValue ?? [:] {
            group.spec?[field] = value == .null ? Optional.none : value
        }
        put(group)
    }

    mutating func replaceStatus(_ status: TFJob.Status, over read: TFJob) throws(KubernetesError) {
        guard var job, job.metadata.uid == read.metadata.uid else {
            throw KubernetesError(.notFound, code: 404)
        }
        guard job.metadata.resourceVersion == read.metadata.resourceVersion else {
            throw KubernetesError(.conflict, code: 409)
        }
        job.status = status
        put(job)
    }

    func metadata(of reference: Reference) -> ObjectMeta? {
        let name = reference.key.name
        return switch reference.resource {
        case TFJob.resource: jobs[name]?.metadata
        case Service.resource: services[name]?.metadata
        case Pod.resource: pods[name]?.metadata
        default: podGroups[name]?.metadata
        }
    }

    private func exists(_ reference: Reference) -> Bool { metadata(of: reference) != nil }

    // MARK: - Everybody else

    /// Changes what people may change.
    mutating func changeJob(_ change: (inout TFJob) -> Void) {
        guard var job else { return }
        change(&job)
        job.metadata.generation += 1
        put(job)
    }

    mutating func changePod(_ name: String, _ change: (inout Pod) -> Void) {
        guard var pod = pods[name] else { return }
        change(&pod)
        put(pod)
    }

    mutating func changePodGroup(_ change: (inout VolcanoPodGroup) -> Void) {
        guard var group = podGroup else { return }
        change(&group)
        put(group)
    }

    /// A pod that was made without the controller.
    mutating func addPod(_ pod: Pod) {
        uids += 1
        var pod = pod
        pod.metadata.uid = "uid-\(uids)"
        put(pod)
    }

    /// Asks a pod to go: one that is on a node and has not ended is given time.
    mutating func deletePod(_ name: String, at now: Time) {
        guard let pod = pods[name] else { return }
        let isOver = pod.phase == .succeeded || pod.phase == .failed
        if isOver || pod.spec?.nodeName == nil {
            removePod(name)
        } else if pod.metadata.deletionTimestamp == nil {
            changePod(name) { $0.metadata.deletionTimestamp = now }
        }
    }

    mutating func removePod(_ name: String) { pods.remove(name, version: next()) }
    mutating func removeService(_ name: String) { services.remove(name, version: next()) }

    mutating func removeJob() {
        guard let job else { return }
        jobs.remove(job.metadata.name, version: next())
    }

    /// Removes what belongs to objects that are gone.
    mutating func collectGarbage() {
        guard job == nil else { return }
        for pod in pods.objects where pod.metadata.controller?.kind == TFJob.resource.kind {
            removePod(pod.metadata.name)
        }
        for service in services.objects { removeService(service.metadata.name) }
        for group in podGroups.objects { podGroups.remove(group.metadata.name, version: next()) }
    }

    private mutating func next() -> Int {
        version += 1
        return version
    }

    private mutating func put(_ job: TFJob) { jobs.put(job, version: next()) }
    private mutating func put(_ pod: Pod) { pods.put(pod, version: next()) }
    private mutating func put(_ service: Service) { services.put(service, version: next()) }
    private mutating func put(_ group: VolcanoPodGroup) { podGroups.put(group, version: next()) }
}
