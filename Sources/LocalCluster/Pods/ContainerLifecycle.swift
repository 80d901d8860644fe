package import KubernetesAPI

/// Where one container of a pod is in its life; the parts of ``PodLifecycle`` that concern a single container.
package struct ContainerLifecycle: Hashable, Sendable {
    package enum Phase: Hashable, Sendable {
        /// Its turn has not come.
        case idle
        /// A delay must pass before it is tried (again).
        case delayed(reason: String, message: String?)
        /// The image is being pulled or the process is being made.
        case starting(reason: String, message: String?)
        case running(since: Time)
        case terminated(PodStatus.Terminated)
    }

    package let name: String
    let image: String
    /// When it runs again after an end.
    private let rules: RestartRules
    private let hasReadinessProbe: Bool
    private let hasStartupProbe: Bool
    /// Whether something is done before its processes are asked to end.
    let hasStopHook: Bool
    package private(set) var phase: Phase
    /// How the run before this one ended.
    private(set) var lastTermination: PodStatus.Terminated?
    package private(set) var restartCount: Int
    /// Crashes without a long run in between.
    private(set) var consecutiveCrashes = 0
    private(set) var creationFailures = 0
    private var imageID: String
    private var containerID: String?
    /// What the readiness probe said last; meaningless without one.
    var isReady = false
    var hasStartedUp = false

    init(_ manifest: ContainerManifest, rules: RestartRules, status: PodStatus.Container?, now: Time) {
        name = manifest.name
        image = manifest.image
        self.rules = rules
        hasReadinessProbe = manifest.readinessProbe != nil
        hasStartupProbe = manifest.startupProbe != nil
        hasStopHook = manifest.lifecycle?.preStop != nil
        restartCount = max(0, status?.restartCount ?? 0)
        imageID = status?.imageID ?? ""
        containerID = status?.containerID
        lastTermination = status?.lastState.terminated
        if let running = status?.state.running {
            phase = .terminated(
                PodStatus.Terminated(
                    exitCode: 137, reason: "ContainerStatusUnknown",
                    message: "The container was running when the node agent ended and died with it",
                    startedAt: running.startedAt, finishedAt: now, containerID: status?.containerID))
        } else if let terminated = status?.state.terminated {
            phase = .terminated(terminated)
        } else if status?.state.waiting != nil, let last = lastTermination {
            // It was waiting for its next restart.
            phase = .terminated(last)
            lastTermination = nil
        } else {
            phase = .idle
        }
    }

    /// Whether a process exists or is being made.
    package var isActive: Bool {
        switch phase {
        case .starting, .running: true
        case .idle, .delayed, .terminated: false
        }
    }

    package var isRunning: Bool {
        if case .running = phase { true } else { false }
    }

    package var exitCode: Int? {
        if case .terminated(let terminated) = phase { terminated.exitCode } else { nil }
    }

    /// What it is for in its pod.
    package var role: RestartRules.Role { rules.role }

    /// Whether it has ended for good.
    var isOver: Bool { exitCode.map { !rules.restarts(afterExitCode: $0) } ?? false }

    /// Whether it runs and its startup probe, if it has one, has passed.
    var isStartedUp: Bool { isRunning && (hasStartedUp || !hasStartupProbe) }

    /// Whether an init container's successor may start.
    var hasDoneItsPart: Bool { role == .sidecar ? isStartedUp : exitCode == 0 }

    /// Turns an idle container, or one that has ended and must run again, into a starting one.
    mutating func startIfIdle() -> PodLifecycle.Action? {
        switch phase {
        case .idle: break
        case .delayed, .starting, .running: return nil
        case .terminated(let terminated):
            guard !isOver else { return nil }
            lastTermination = terminated
            countRestart()
        }
        phase = .starting(reason: "ContainerCreating", message: nil)
        return .start(container: name, attempt: restartCount)
    }

    /// The API server stores no number above the largest one of 32 bits.
    private mutating func countRestart() { restartCount = min(restartCount, Int(Int32.max) - 1) + 1 }

    mutating func started(_ started: PodLifecycle.StartedContainer, now: Time) {
        phase = .running(since: now)
        containerID = started.containerID
        imageID = started.imageID
        creationFailures = 0
        isReady = false
        hasStartedUp = false
    }

    mutating func notCreated(reason: String, message: String) {
        creationFailures += 1
        phase = .delayed(reason: reason, message: message)
    }

    mutating func exited(_ exit: PodLifecycle.Exit, forgiveness: Duration, now: Time) {
        var startedAt = now
        if case .running(let since) = phase { startedAt = since }
        let uptime = Duration.seconds(now.seconds(since: startedAt))
        consecutiveCrashes = uptime >= forgiveness ? 1 : consecutiveCrashes + 1
        phase = .terminated(
            PodStatus.Terminated(
                exitCode: exit.code, reason: exit.reason ?? (exit.code == 0 ? "Completed" : "Error"),
                message: exit.message, startedAt: startedAt, finishedAt: now, containerID: containerID))
        isReady = false
        hasStartedUp = false
    }

    /// It will be restarted after a delay.
    mutating func crashLoop(message: String) {
        if case .terminated(let terminated) = phase { lastTermination = terminated }
        phase = .delayed(reason: "CrashLoopBackOff", message: message)
    }

    /// The delay that was asked for at this attempt has passed.
    mutating func delayPassed(attempt: Int) {
        guard case .delayed(let reason, _) = phase, attempt == restartCount else { return }
        if reason == "CrashLoopBackOff" { countRestart() }
        phase = .idle
    }

    /// No restart will come any more: what it waits for is its end.
    mutating func giveUpRestart() {
        guard case .delayed = phase, let last = lastTermination else { return }
        phase = .terminated(last)
        lastTermination = nil
    }

    /// What the pod's status says about this container.
    package var status: PodStatus.Container {
        var state = PodStatus.ContainerState()
        var isReady = false
        var hasStarted = false
        switch phase {
        case .idle: state.waiting = PodStatus.Waiting(reason: "PodInitializing")
        case .delayed(let reason, let message), .starting(let reason, let message):
            state.waiting = PodStatus.Waiting(reason: reason, message: message)
        case .running(let since):
            state.running = PodStatus.Running(startedAt: since)
            hasStarted = isStartedUp
            isReady = hasStarted && (self.isReady || !hasReadinessProbe)
        case .terminated(let terminated): state.terminated = terminated
        }
        return PodStatus.Container(
            name: name, state: state, lastState: PodStatus.ContainerState(terminated: lastTermination),
            ready: isReady, started: hasStarted, restartCount: restartCount, image: image, imageID: imageID,
            containerID: containerID)
    }
}
