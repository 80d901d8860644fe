package import KubernetesAPI

extension PodLifecycle {
    /// What the API server shall know about the pod at `now`.
    ///
    /// Remembers when each condition last changed, so asking twice without an event in between gives the same answer.
    package mutating func status(hostIP: String, podIP: String?, now: Time) -> PodStatus {
        var status = PodStatus()
        status.phase = phase
        if isPastDeadline {
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

    /// `status.phase` by the rules of the kubelet.
    package var phase: Pod.Phase {
        if isPastDeadline { return .failed }
        if hasFailedInitialization { return .failed }
        guard isInitialized else { return .pending }
        let codes = containers.map(\.lastExitCode)
        if containers.contains(where: { $0.hasNeverRun }) { return .pending }
        if containers.contains(where: \.isActive) { return .running }
        // Nothing runs: either everything has ended for good, or a restart is due.
        guard containers.allSatisfy({ $0.isOver(policy: manifest.restartPolicy) }) else {
            // A pod that is being deleted is not restarted; what its containers did decides.
            guard case .deleted = ending, manifest.restartPolicy != .always else { return .running }
            return codes.contains { $0 != 0 } ? .failed : .succeeded
        }
        return codes.contains { $0 != 0 } ? .failed : .succeeded
    }

    private mutating func updateConditions(now: Time) {
        let phase = phase
        let uninitialized = initContainers.filter { $0.exitCode != 0 }.map(\.name)
        let unready = containers.filter { !$0.status.ready }.map(\.name)
        switch phase {
        case .succeeded:
            set("Initialized", .yes, reason: "PodCompleted", now: now)
            for type in ["Ready", "ContainersReady"] { set(type, .no, reason: "PodCompleted", now: now) }
            return
        case .pending where !uninitialized.isEmpty, .failed where !uninitialized.isEmpty:
            set(
                "Initialized", .no, reason: "ContainersNotInitialized",
                message: "containers with incomplete status: [\(uninitialized.joined(separator: " "))]", now: now)
        default: set("Initialized", .yes, now: now)
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

    /// An init container is ready when it has done its work.
    var initStatus: PodStatus.Container {
        var status = status
        status.ready = exitCode == 0
        status.started = nil
        return status
    }
}
