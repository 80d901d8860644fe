package import KubernetesAPI

extension PodLifecycle {
    /// What the API server shall know about the pod at `now`.
    ///
    /// Remembers when each condition last changed, so asking twice without an event in between gives the same answer.
    package mutating func status(hostIP: String, podIP: String?, now: Time) -> PodStatus {
        var status = PodStatus()
        status.phase = phase
        if let refusal {
            status.reason = Self.refusalReason
            status.message = "Pod was rejected: \(refusal)"
        } else if isPastDeadline, !isActive {
            status.reason = "DeadlineExceeded"
            status.message = Self.deadlineMessage
        } else if !isPrepared, let preparationProblem {
            status.message = preparationProblem
        }
        status.hostIP = hostIP
        status.podIP = podIP
        status.podIPs = podIP.map { [PodStatus.Address(ip: $0)] }
        status.startTime = startTime
        status.initContainerStatuses = initContainers.isEmpty ? nil : initContainers.map(\.initStatus)
        status.containerStatuses = containers.map(\.status)
        updateConditions(now: now)
        status.conditions = conditions
        return status
    }

    /// `status.phase` by the rules of the kubelet: what the main containers did decides, and a pod is not over while
    /// anything runs, sidecars included.
    package var phase: Pod.Phase {
        if refusal != nil { return .failed }
        if !isActive, isPastDeadline || hasFailedInitialization { return .failed }
        guard isInitialized, !containers.contains(where: \.hasNeverRun) else { return .pending }
        if isActive { return .running }
        let codes = containers.map(\.lastExitCode)
        // Nothing runs: either everything has ended for good, or a restart is due.
        guard containers.allSatisfy(\.isOver) else {
            // A pod that is being deleted is not restarted; what its containers did decides.
            guard case .deleted = ending, manifest.restartPolicy != .always else { return .running }
            return codes.contains { $0 != 0 } ? .failed : .succeeded
        }
        return codes.contains { $0 != 0 } ? .failed : .succeeded
    }

    /// Init containers that have not succeeded and sidecars that are not started.
    private var uninitialized: [String] { initContainers.filter { !$0.hasDoneItsPart }.map(\.name) }

    /// A pod whose main containers have run stays initialized, though a sidecar is restarted.
    private var isInitialized: Bool { uninitialized.isEmpty || containers.contains { !$0.hasNeverRun } }

    private mutating func updateConditions(now: Time) {
        let sidecars = initContainers.filter { $0.role == .sidecar }
        let unready = (sidecars + containers).filter { !$0.status.ready }.map(\.name)
        if phase == .succeeded {
            set("Initialized", .yes, reason: "PodCompleted", now: now)
            for type in ["Ready", "ContainersReady"] { set(type, .no, reason: "PodCompleted", now: now) }
            return
        }
        if isInitialized {
            set("Initialized", .yes, now: now)
        } else {
            set(
                "Initialized", .no, reason: "ContainersNotInitialized",
                message: "containers with incomplete status: [\(uninitialized.joined(separator: " "))]", now: now)
        }
        for type in ["Ready", "ContainersReady"] {
            if unready.isEmpty {
                set(type, .yes, now: now)
            } else {
                set(
                    type, .no, reason: "ContainersNotReady",
                    message: "containers with unready status: [\(unready.joined(separator: " "))]", now: now)
            }
        }
        // A pod bound by hand has no condition from the scheduler.
        if !conditions.contains(where: { $0.type == "PodScheduled" }) { set("PodScheduled", .yes, now: now) }
    }

    private mutating func set(
        _ type: String, _ status: Condition.Status, reason: String? = nil, message: String? = nil, now: Time
    ) {
        var new = PodStatus.Condition(
            type: type, status: status, reason: reason, message: message, lastTransitionTime: now)
        guard let index = conditions.firstIndex(where: { $0.type == type }) else {
            conditions.append(new)
            return
        }
        if conditions[index].status == status { new.lastTransitionTime = conditions[index].lastTransitionTime ?? now }
        conditions[index] = new
    }
}

extension ContainerLifecycle {
    /// Whether it has not run even once.
    var hasNeverRun: Bool {
        switch phase {
        case .idle, .delayed, .starting: lastTermination == nil
        case .running, .terminated: false
        }
    }

    /// How it ended last, also while it waits for its next start.
    var lastExitCode: Int? { exitCode ?? lastTermination?.exitCode }

    /// An init container is ready when it has done its work; a sidecar is started and ready like any other container.
    var initStatus: PodStatus.Container {
        var status = status
        guard role != .sidecar else { return status }
        status.ready = exitCode == 0
        status.started = nil
        return status
    }
}
