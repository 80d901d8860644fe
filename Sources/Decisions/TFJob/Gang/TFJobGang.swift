import AerieAPI
import KubernetesAPI

/// Gang scheduling: a PodGroup of the job's name tells the scheduler which pods must start together.
extension TFJobRound {
    /// Makes the group as it should be.
    ///
    /// - Returns: whether pods may be made. Volcano first decides whether the group may enter its queue; pods that came
    ///   earlier would only be refused.
    mutating func wantPodGroup() -> Bool {
        guard let scheduler = configuration.gangScheduler else { return true }
        let spec = PodGroupSpec(job: job, replicas: replicas, priorities: priorities)
            .json(for: scheduler, stored: podGroup?.spec)
        guard let podGroup else {
            order(
                .create(podGroupManifest(scheduler, spec)), "SuccessfulCreatePodGroup",
                "Created PodGroup: \(job.metadata.name)")
            return scheduler != .volcano
        }
        guard owns(podGroup) else { return false }
        if let patch = difference(podGroup, spec) {
            actions.append(.patch(reference(scheduler), uid: podGroup.metadata.uid, patch))
        }
        return !isPodGroupWaiting
    }

    /// Whether the scheduler has not let the group into its queue yet.
    private var isPodGroupWaiting: Bool {
        guard configuration.gangScheduler == .volcano, let podGroup else { return false }
        return ["", "Pending"].contains(podGroup.status?.phase ?? "")
    }

    /// Deletes the group of a job that has ended or is suspended, and says so once.
    mutating func deletePodGroup() {
        guard let scheduler = configuration.gangScheduler, let podGroup, owns(podGroup),
            podGroup.metadata.deletionTimestamp == nil
        else { return }
        events.append(
            Plan.Event(
                .normal, reason: "JobTerminated", message: "Job has been terminated. Deleting PodGroup",
                action: actions.count))
        order(
            .delete(reference(scheduler), uid: podGroup.metadata.uid), "SuccessfulDeletePodGroup",
            "Deleted PodGroup: \(job.metadata.name)")
    }

    /// Marks a pod as one of the group; a scheduler that the user chose stays.
    func joinPodGroup(_ type: TFJob.ReplicaType, metadata: inout JSONValue, spec: inout JSONValue) {
        guard let scheduler = configuration.gangScheduler else { return }
        if (spec["schedulerName"]?.stringValue ?? "").isEmpty { spec["schedulerName"] = .string(scheduler.name) }
        let name = JSONValue.string(job.metadata.name)
        switch scheduler {
        case .volcano:
            var annotations = metadata["annotations"] ?? [:]
            annotations["scheduling.k8s.io/group-name"] = name
            annotations["volcano.sh/task-spec"] = .string(type.lowercased)
            metadata["annotations"] = annotations
        case .schedulerPlugins:
            var labels = metadata["labels"] ?? [:]
            labels["scheduling.x-k8s.io/pod-group"] = name
            metadata["labels"] = labels
        }
    }

    /// Says once that pods of a scheduler of the user's choice will not wait for each other.
    mutating func noteForeignScheduler() {
        guard let scheduler = configuration.gangScheduler else { return }
        let names = replicas.compactMap { $0.template["spec"]?["schedulerName"]?.stringValue }
        guard names.contains(where: { !$0.isEmpty && $0 != scheduler.name }) else { return }
        tell(
            .warning, "SetPodTemplateSchedulerName",
            "Another scheduler is specified when gang-scheduling is enabled and it will not be overwritten")
    }

    /// Why there are no pods yet, if the group is the reason; with the scheduler's own words where it gave any.
    var podGroupTrouble: (reason: String, message: String, isNews: Bool)? {
        guard configuration.gangScheduler != nil, let podGroup else { return nil }
        let name = job.metadata.name
        guard owns(podGroup) else {
            return ("NameTaken", "Waiting until the PodGroup \(name), which this job does not own, is gone.", true)
        }
        guard isPodGroupWaiting else { return nil }
        let queue = podGroup.spec?["queue"]?.stringValue ?? ""
        let refusal = podGroup.status?.conditions?.last { $0.status == .yes && $0.message != nil }?.message
        return (
            "PodGroupPending",
            "PodGroup \(name) waits for a place in the queue \(queue)" + (refusal.map { ": \($0)" } ?? "."),
            refusal != nil
        )
    }

    private func owns(_ group: any PodGroup) -> Bool { group.metadata.controller?.uid == job.metadata.uid }

    private func reference(_ scheduler: GangScheduler) -> Reference {
        Reference(scheduler.podGroup, namespace: job.metadata.namespace, name: job.metadata.name)
    }

    /// The labels are ours: the controller watches groups by them, never all of the cluster.
    private func podGroupManifest(_ scheduler: GangScheduler, _ spec: JSONValue) -> Manifest {
        Manifest(
            reference(scheduler),
            [
                "metadata": [
                    "labels": JSONValue(job.labels), "annotations": JSONValue(job.metadata.annotations),
                    "ownerReferences": [OwnerReference(controller: job).json],
                ],
                "spec": spec,
            ])
    }

    /// A merge patch that makes the group as it should be; `nil` where it is.
    ///
    /// A group that upstream's operator made lacks the labels.
    private func difference(_ group: any PodGroup, _ wanted: JSONValue) -> JSONValue? {
        var patch: JSONValue = [:]
        for field in PodGroupSpec.fields where group.spec?[field] != wanted[field] {
            var value = wanted[field] ?? .null
            if var amounts = value.objectValue {
                for name in (group.spec?[field]?.objectValue ?? [:]).keys where amounts[name] == nil {
                    amounts[name] = .null
                }
                value = .object(amounts)
            }
            patch["spec"] = .object((patch["spec"]?.objectValue ?? [:]).merging([field: value]) { $1 })
        }
        if !job.labels.allSatisfy({ group.metadata.labels[$0.key] == $0.value }) {
            patch["metadata"] = ["labels": JSONValue(job.labels)]
        }
        guard patch != [:] else { return nil }
        return patch
    }
}
