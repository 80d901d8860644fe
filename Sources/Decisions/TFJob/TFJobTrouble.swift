import AerieAPI
import KubernetesAPI

/// The condition `Stalled`: why pods do not exist or do not start, in the words of whoever refused.
extension TFJobRound {
    /// Whether the spec can be carried out; if not, the status says what to change.
    mutating func isSpecValid() -> Bool {
        let errors = job.validate()
        guard !errors.isEmpty else {
            if status.condition(.stalled)?.reason == Trouble.invalidSpec { status.remove(.stalled) }
            return true
        }
        stall(
            Trouble(reason: Trouble.invalidSpec, message: errors.map(\.description).joined(separator: "; ")),
            event: "TFJobFailedValidation")
        status.reason = Trouble.invalidSpec
        return false
    }

    /// Looks for what keeps pods away, the most fundamental first; the condition goes when nothing does.
    mutating func noteTrouble() {
        // Asked in any case: both also ask to be woken when their time has come.
        let (departure, sidecar) = (departureTrouble, sidecarTrouble)
        let trouble =
            nameTrouble ?? creationTrouble ?? gangTrouble ?? podTrouble ?? departure ?? sidecar ?? endlessness
        if let trouble {
            stall(trouble, event: trouble.isNews ? trouble.reason : nil)
        } else if !isRefusalStanding {
            status.remove(.stalled)
        }
    }

    /// A refusal stands until the next try succeeds or says something else.
    private var isRefusalStanding: Bool {
        guard let reason = status.condition(.stalled)?.reason else { return false }
        return lastError == nil && (reason == missingKind || reason == Self.failedUpdate && isUpdatingPodGroup)
    }

    struct Trouble {
        var reason: String
        var message: String
        /// Whether it is worth an event: waiting for one's turn is not.
        var isNews = true

        static let invalidSpec = "InvalidSpec"
    }

    mutating func stall(_ trouble: Trouble, event: String?) {
        let message = String(trouble.message.prefix(TFJob.JobCondition.messageLimit))
        let isChanged = set(.stalled, reason: trouble.reason, message)
        if isChanged, let event { tell(.warning, event, message) }
    }

    /// Upstream's word for not being able to make what is missing, in the order in which it is made; `nil` if nothing
    /// is.
    private var missingKind: String? {
        let missing = actions.compactMap { action -> Resource? in
            guard case .create(let manifest) = action else { return nil }
            return manifest.reference.resource
        }
        if let podGroup = configuration.gangScheduler?.podGroup, missing.contains(podGroup) {
            return "FailedCreatePodGroup"
        }
        if missing.contains(Pod.resource) { return "FailedCreatePod" }
        return missing.isEmpty ? nil : "FailedCreateService"
    }

    /// Another job of the same name, just deleted, may still have its pods.
    private var nameTrouble: Trouble? {
        for replica in replicas {
            for index in 0..<replica.count {
                let name = job.childName(replica.type, index)
                if census.pod(replica.type, index) == nil, census.takenPodNames.contains(name) {
                    return Trouble(
                        reason: "NameTaken",
                        message: "Waiting until the pod \(name), which this job does not own, is gone.")
                }
                if census.service(replica.type, index) == nil, census.takenServiceNames.contains(name) {
                    return Trouble(
                        reason: "NameTaken",
                        message: "Waiting until the service \(name), which this job does not own, is gone.")
                }
            }
        }
        return nil
    }

    /// Whether a change of the PodGroup is what the plan begins with, and so what an error was about.
    private var isUpdatingPodGroup: Bool {
        if case .patch? = actions.first { true } else { false }
    }

    private static let failedUpdate = "FailedUpdatePodGroup"

    /// What the API server answered when the pods or services were to be made, or the PodGroup changed.
    private var creationTrouble: Trouble? {
        guard let refusal else { return nil }
        // What was refused may as well have been a pod that is not missing any more.
        if isUpdatingPodGroup, refusal.message.contains("podgroups") {
            return Trouble(reason: Self.failedUpdate, message: "Error updating: \(refusal.message)")
        }
        return missingKind.map { Trouble(reason: $0, message: "Error creating: \(refusal.message)") }
    }

    /// The last error, unless it may well be gone by now.
    private var refusal: KubernetesError? { lastError.flatMap { $0.isRefusal ? $0 : nil } }

    /// Tells what the API server answered when something was to be deleted.
    ///
    /// A plan ends at its first failure and what came before is done, so that the next plan begins with what failed.
    mutating func noteFailedDeletion() {
        guard let refusal, refusal.reason != .alreadyExists, case .delete(let reference, _, _)? = actions.first else {
            return
        }
        // What was refused may as well have been the making of something else.
        let isOfJob = refusal.message.contains("\"\(job.metadata.name)")
        guard !isOfJob || refusal.message.contains("\(reference.resource.plural) \"\(reference.key.name)\"") else {
            return
        }
        let kind = reference.resource == TFJob.resource ? "Job" : reference.resource.kind
        tell(.warning, "FailedDelete\(kind)", "Error deleting: \(refusal.message)")
    }

    /// Nothing is left that could decide how the job ends.
    private var endlessness: Trouble? {
        job.warningOfEndlessness.map { Trouble(reason: "NoDecidingReplicas", message: "\($0)") }
    }

    private var gangTrouble: Trouble? {
        podGroupTrouble.map { Trouble(reason: $0.reason, message: $0.message, isNews: $0.isNews) }
    }

    /// The first pod that cannot start, with the scheduler's or the node's reason.
    private var podTrouble: Trouble? {
        for slot in census.slots(replicas) where slot.pod.isUnfinished && !slot.pod.isTerminating {
            let pod = slot.pod
            if pod.phase == .running {
                guard let name = pod.crashLoopingContainer else { continue }
                return Trouble(
                    reason: Self.crashLoop,
                    message: "Pod \(pod.metadata.name), container \(name) fails again and again, and is started anew "
                        + "after growing pauses; status.attempts has its last end.")
            }
            if let scheduled = pod.status?.conditions?.first(where: { $0.type == "PodScheduled" && $0.status == .no }) {
                return Trouble(
                    reason: scheduled.reason ?? "Unschedulable",
                    message: "Pod \(pod.metadata.name): \(scheduled.message ?? "cannot be scheduled")")
            }
            let containers = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
            for container in containers {
                guard let waiting = container.state?.waiting, let reason = waiting.reason else { continue }
                if reason == Self.crashLoop {
                    return Trouble(
                        reason: Self.crashLoop,
                        message: "Pod \(pod.metadata.name) cannot start: container \(container.name) fails again and "
                            + "again, and is started anew after growing pauses"
                            + (container.lastState?.terminated.map { "; its last exit code is \($0.exitCode)." } ?? ".")
                    )
                }
                guard let trouble = Self.waitingTroubles[reason] else { continue }
                // A node alternates between the error and the pause after it; one word for both keeps the status calm.
                let stands = status.condition(.stalled)
                let message = "Pod \(pod.metadata.name), container \(container.name): \(waiting.message ?? reason)"
                let isKnown = stands?.reason == trouble && reason != trouble
                return Trouble(reason: trouble, message: isKnown ? stands?.message ?? message : message)
            }
        }
        return nil
    }

    fileprivate static let crashLoop = "CrashLoopBackOff"

    private static let waitingTroubles = [
        "ErrImagePull": "ErrImagePull", "ImagePullBackOff": "ErrImagePull", "InvalidImageName": "InvalidImageName",
        "ErrImageNeverPull": "ErrImageNeverPull", "CreateContainerConfigError": "CreateContainerConfigError",
        "CreateContainerError": "CreateContainerError", "RunContainerError": "RunContainerError",
    ]
}

extension Pod {
    /// The container that the node pauses for between two starts.
    fileprivate var crashLoopingContainer: String? {
        (status?.containerStatuses ?? []).first { $0.state?.waiting?.reason == TFJobRound.crashLoop }?.name
    }
}
