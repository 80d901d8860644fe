import KubernetesAPI

/// What happens to single containers, and which may start.
extension PodLifecycle {
    /// Starts whatever may start now: sidecars that ended, the next init container, or every main container.
    ///
    /// An init container has done its part when it succeeded, a sidecar when it is *started*: its startup probe passed, or
    /// it runs and has none. Once passed, a sidecar that is restarted holds nobody up any more.
    mutating func advance() -> [Action] {
        while initialized < initContainers.count, initContainers[initialized].hasDoneItsPart { initialized += 1 }
        guard isPrepared, !isWindingDown else { return [] }
        var actions: [Action] = []
        for index in initContainers.indices.prefix(initialized) where initContainers[index].role == .sidecar {
            if let start = initContainers[index].startIfIdle() { actions.append(start) }
        }
        if initialized < initContainers.count {
            if let start = initContainers[initialized].startIfIdle() { actions.append(start) }
            return actions
        }
        for index in containers.indices {
            if let start = containers[index].startIfIdle() { actions.append(start) }
        }
        return actions
    }

    mutating func started(_ name: String, _ image: StartedContainer, now: Time) -> [Action] {
        guard update(name, { $0.started(image, now: now) }) else { return [] }
        return [.event(Plan.Event(.normal, reason: "Started", message: "Started container \(name)"))] + advance()
    }

    mutating func startHookFailed(_ name: String, message: String) -> [Action] {
        guard let container = container(name), container.isActive else { return [] }
        return [
            .event(Plan.Event(.warning, reason: "FailedPostStartHook", message: "PostStartHook failed: \(message)")),
            .stop(container: name, gracePeriod: manifest.gracePeriod),
        ]
    }

    mutating func notCreated(_ name: String, reason: String, message: String) -> [Action] {
        var actions: [Action] = [.event(Plan.Event(.warning, reason: "Failed", message: message))]
        let delay = backoff.creationDelay(failures: container(name)?.creationFailures ?? 0)
        update(name) { $0.notCreated(reason: reason, message: message) }
        if !isWindingDown, let container = container(name) {
            actions.append(.wait(container: name, attempt: container.restartCount, for: delay))
        }
        return actions
    }

    mutating func exited(_ name: String, _ exit: Exit, now: Time) -> [Action] {
        let forgiveness = backoff.forgiveness
        guard update(name, { $0.exited(exit, forgiveness: forgiveness, now: now) }),
            let container = container(name), !isWindingDown
        else { return [] }
        let delay = backoff.restartDelay(crashes: container.consecutiveCrashes)
        guard !container.isOver, delay > .zero else { return advance() }
        let seconds = delay.components.seconds
        update(name) { container in
            container.crashLoop(
                message: "back-off \(seconds)s restarting container \(name) after \(container.restartCount + 1) runs")
        }
        return [
            .event(Plan.Event(.warning, reason: "BackOff", message: "Back-off restarting failed container \(name)")),
            .wait(container: name, attempt: container.restartCount, for: delay),
        ]
    }

    mutating func probed(_ name: String, _ kind: ProbeKind, passed: Bool, message: String) -> [Action] {
        guard let container = container(name), container.isRunning else { return [] }
        var actions: [Action] = []
        if !passed {
            let text = "\(kind.rawValue) probe failed: \(message)"
            actions.append(.event(Plan.Event(.warning, reason: "Unhealthy", message: text)))
        }
        switch kind {
        case .readiness: update(name) { $0.isReady = passed }
        case .startup where passed:
            update(name) { $0.hasStartedUp = true }
            actions += advance()
        case .startup, .liveness:
            guard !passed else { break }
            let text = "Container \(name) failed \(kind.rawValue.lowercased()) probe, will be restarted"
            actions.append(.event(Plan.Event(.normal, reason: "Killing", message: text)))
            actions.append(.stop(container: name, gracePeriod: manifest.gracePeriod))
        }
        return actions
    }

    func container(_ name: String) -> ContainerLifecycle? {
        (initContainers + containers).first { $0.name == name }
    }

    @discardableResult
    mutating func update(_ name: String, _ change: (inout ContainerLifecycle) -> Void) -> Bool {
        if let index = initContainers.firstIndex(where: { $0.name == name }) {
            change(&initContainers[index])
        } else if let index = containers.firstIndex(where: { $0.name == name }) {
            change(&containers[index])
        } else {
            return false
        }
        return true
    }
}
