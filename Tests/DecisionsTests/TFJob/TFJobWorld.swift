import AerieAPI
import Decisions
import KubernetesAPI

/// A cluster with one job that does what plans say; tests and the simulation let things happen to its pods.
struct TFJobWorld {
    static let start = Time(seconds: 1_767_225_600)

    var job: TFJob
    var pods: [Pod] = []
    var services: [Service] = []
    /// Of either kind: they differ in the API group only.
    var podGroup: VolcanoPodGroup?
    var priorities: [String: Int] = [:]
    var now = TFJobWorld.start
    var lastError: KubernetesError?
    var configuration = TFJobDecision.Configuration()
    /// Whether the job object itself was deleted.
    var isDeleted = false
    private var createdPods = 0
    private var storedStatus: JSONValue?

    init(_ job: TFJob) { self.job = job }

    var status: TFJob.Status { job.status ?? TFJob.Status() }

    /// The last condition, as the `State` column shows it.
    var state: String { status.conditions.last?.type.text ?? "" }

    var observed: TFJobDecision.Observed {
        TFJobDecision.Observed(
            job: job, pods: pods, services: services, podGroup: podGroup, priorities: priorities, now: now,
            lastError: lastError, configuration: configuration)
    }

    func decide() -> Plan { TFJobDecision.decide(observed) }

    /// Decides once and does all that was decided.
    @discardableResult
    mutating func reconcile() throws -> Plan {
        let plan = decide()
        try obey(plan)
        return plan
    }

    mutating func obey(_ plan: Plan) throws {
        if let status = plan.status, status != storedStatus || job.status == nil {
            storedStatus = status
            job.status = try status.decode(TFJob.Status.self)
        }
        for action in plan.actions { obey(action) }
    }

    private mutating func obey(_ action: Plan.Action) {
        switch action {
        case .create(let manifest): create(manifest)
        case .delete(let reference, let uid, _): delete(reference, uid: uid)
        case .patch(let reference, _, let patch):
            if reference.resource.kind == "PodGroup" { change(&podGroup, by: patch) }
        case .apply: break
        }
    }

    /// As the server merges, as far as it is needed here.
    private func change(_ group: inout VolcanoPodGroup?, by patch: JSONValue) {
        for (field, value) in patch["spec"]?.objectValue ?? [:] {
            if let members = value.objectValue {
                for (name, member) in members {
                    var map = group?.spec?[field] ?? [:]
                    map[name] = member == .null ? Optional.none : member
                    group?.spec?[field] = map
                }
            } else {
                group?.spec?[field] = value == .null ? Optional.none : value
            }
        }
        for (name, value) in patch["metadata"]?["labels"]?.objectValue ?? [:] {
            group?.metadata.labels[name] = value.stringValue
        }
    }

    private mutating func create(_ manifest: Manifest) {
        let name = manifest.reference.key.name
        var metadata = ObjectMeta(name: name, namespace: manifest.reference.key.namespace)
        metadata.creationTimestamp = now
        metadata.labels = manifest.body["metadata"]?["labels"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
        metadata.ownerReferences = [OwnerReference(controller: job)]
        if manifest.reference.resource == Service.resource {
            guard !services.contains(where: { $0.metadata.name == name }) else { return }
            metadata.uid = "service-\(name)"
            services.append(Service(metadata: metadata))
        } else if manifest.reference.resource.kind == "PodGroup" {
            metadata.uid = "podgroup-\(name)"
            podGroup = podGroup ?? VolcanoPodGroup(metadata: metadata, spec: manifest.body["spec"])
        } else {
            guard !pods.contains(where: { $0.metadata.name == name }) else { return }
            createdPods += 1
            metadata.uid = "pod-\(createdPods)"
            pods.append(Pod(metadata: metadata, status: Pod.Status(phase: .pending)))
        }
    }

    /// A pod that has not ended needs time to go, anything else is gone at once.
    private mutating func delete(_ reference: Reference, uid: String) {
        if reference.resource == TFJob.resource {
            isDeleted = uid == job.metadata.uid
        } else if reference.resource.kind == "PodGroup" {
            if podGroup?.metadata.uid == uid { podGroup = nil }
        } else if reference.resource == Service.resource {
            services.removeAll { $0.metadata.uid == uid }
        } else if let index = pods.firstIndex(where: { $0.metadata.uid == uid }) {
            delete(at: index)
        }
    }

    mutating func delete(at index: Int) {
        if pods[index].phase == .running || pods[index].phase == .unknown {
            pods[index].metadata.deletionTimestamp = pods[index].metadata.deletionTimestamp ?? now
        } else {
            pods.remove(at: index)
        }
    }

    /// Pods that are on their way out are gone now.
    mutating func letTerminatingPodsGo() { pods.removeAll { $0.metadata.deletionTimestamp != nil } }

    func index(of name: String) -> Int? { pods.firstIndex { $0.metadata.name == name } }

    /// Puts the pod of that name, made by the controller, into another state.
    mutating func change(_ name: String, to letter: Character) {
        guard let index = index(of: name) else { return }
        pods[index].become(letter, at: now)
    }

    mutating func pass(seconds: Int64) { now = now.advanced(bySeconds: seconds) }
}

extension Plan {
    /// The actions as short sentences, for tables.
    var summary: [String] {
        actions.map { action in
            switch action {
            case .create(let manifest): "create \(Self.short(manifest.reference))"
            case .delete(let reference, _, _): "delete \(Self.short(reference))"
            case .apply(let manifest): "apply \(manifest.reference)"
            case .patch(let reference, _, _): "patch \(reference)"
            }
        }
    }

    func created(_ name: String) -> JSONValue? {
        for case .create(let manifest) in actions
        where manifest.reference.resource == Pod.resource && manifest.reference.key.name == name {
            return manifest.body
        }
        return nil
    }

    var reasons: [String] { events.map(\.reason) }

    private static func short(_ reference: Reference) -> String {
        "\(reference.resource.kind.lowercased()) \(reference.key.name)"
    }
}
