package import KubernetesAPI

/// The life of one pod on its node: what happened goes in, what shall be done comes out.
///
/// A plain value without clocks, processes or network. The shell (``PodWorker``) carries the actions out, reports what
/// became of them as events, and writes ``status`` to the API server whenever it changed.
package struct PodLifecycle: Hashable, Sendable {
    package let manifest: PodManifest
    let backoff: ContainerBackoff
    /// Ordinary init containers and sidecars.
    package internal(set) var initContainers: [ContainerLifecycle]
    package internal(set) var containers: [ContainerLifecycle]
    /// How many init containers have done their part, so that the next one's turn has come; never goes back, though a
    /// sidecar is restarted.
    var initialized = 0
    /// Why no container shall be started any more.
    package private(set) var ending: Ending?
    /// Whether the deadline ended it; stays true when the pod is deleted afterwards.
    private(set) var isPastDeadline = false
    package private(set) var isPrepared = false
    /// How what still runs is being ended; `nil` while the pod goes on.
    private var termination: PodTermination?
    private var isReleased = false
    /// Whether the node agent ends: nothing is started any more, yet the pod is not over.
    private(set) var isSuspended = false
    private var objectExists = true
    private var isDeletionReported = false
    package let startTime: Time
    var preparationProblem: String?
    var conditions: [PodStatus.Condition]
    /// Why the pod must not run here at all.
    let refusal: String?

    /// Why a pod stops although its containers might go on.
    package enum Ending: Hashable, Sendable {
        case deleted(gracePeriod: Int)
        case deadlineExceeded
    }

    /// A pod that this node sees for the first time, or after a restart of the node agent.
    ///
    /// Processes die with the agent that started them. So a container that runs by the stored status has in truth ended:
    /// it is marked terminated with exit code 137 and started again if the restart policy says so.
    package init(_ manifest: PodManifest, backoff: ContainerBackoff = ContainerBackoff(), now: Time) {
        self.manifest = manifest
        self.backoff = backoff
        let status = manifest.status
        startTime = status?.startTime ?? now
        conditions = status?.conditions ?? []
        refusal = manifest.refusal
        func restore(
            _ containers: [ContainerManifest]?, _ statuses: [PodStatus.Container]?, isInit: Bool
        ) -> [ContainerLifecycle] {
            (containers ?? []).map { container in
                let rules = RestartRules(container, isInit: isInit, podPolicy: manifest.restartPolicy)
                return ContainerLifecycle(
                    container, rules: rules, status: statuses?.first { $0.name == container.name }, now: now)
            }
        }
        initContainers = restore(manifest.spec.initContainers, status?.initContainerStatuses, isInit: true)
        containers = restore(manifest.spec.containers, status?.containerStatuses, isInit: false)
        if status?.phase == .failed, status?.reason == "DeadlineExceeded" {
            ending = .deadlineExceeded
            isPastDeadline = true
        }
    }

    /// What to do first.
    package mutating func start(now: Time) -> [Action] {
        if manifest.metadata.deletionTimestamp != nil {
            ending = .deleted(gracePeriod: manifest.metadata.deletionGracePeriodSeconds ?? 0)
        }
        if let refusal, manifest.status?.phase != .failed {
            return [.event(Plan.Event(.warning, reason: Self.refusalReason, message: refusal))] + settle(now: now)
        }
        if isFinished { return settle(now: now) }
        var actions: [Action] = []
        if let limit = manifest.spec.activeDeadlineSeconds {
            let passed = Int(clamping: max(0, now.seconds(since: startTime)))
            actions.append(.awaitDeadline(.seconds(max(0, ManifestSeconds.bounded(limit) - passed))))
        }
        return actions + [.prepare]
    }

    /// Takes in what happened; `now` is when.
    package mutating func handle(_ event: Event, now: Time) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .prepared:
            isPrepared = true
            preparationProblem = nil
            actions = advance()
        case .preparationFailed(let message):
            if preparationProblem != message {
                actions.append(.event(Plan.Event(.warning, reason: "FailedMount", message: message)))
            }
            preparationProblem = message
        case .notCreated(let name, let reason, let message):
            actions = notCreated(name, reason: reason, message: message)
        case .started(let name, let image):
            actions = started(name, image, now: now)
        case .startHookFailed(let name, let message):
            actions = startHookFailed(name, message: message)
        case .stopHookFailed(_, let message):
            let text = "PreStopHook failed: \(message)"
            actions = [.event(Plan.Event(.warning, reason: "FailedPreStopHook", message: text))]
        case .exited(let name, let exit):
            actions = exited(name, exit, now: now)
        case .waited(let name, let attempt):
            update(name) { $0.delayPassed(attempt: attempt) }
            actions = advance()
        case .probed(let name, let kind, let passed, let message):
            actions = probed(name, kind, passed: passed, message: message)
        case .deletionRequested(let gracePeriod):
            end(.deleted(gracePeriod: gracePeriod), gracePeriod: gracePeriod, now: now)
        case .objectGone:
            objectExists = false
            end(.deleted(gracePeriod: 0), gracePeriod: 0, now: now)
        case .nodeStopping(let gracePeriod):
            isSuspended = true
            terminate(gracePeriod: gracePeriod, now: now)
        case .deadlinePassed:
            guard ending == nil, !isFinished else { return [] }
            isPastDeadline = true
            let message = Self.deadlineMessage
            actions = [.event(Plan.Event(.normal, reason: "DeadlineExceeded", message: message))]
            end(.deadlineExceeded, gracePeriod: manifest.gracePeriod, now: now)
        }
        return actions + settle(now: now)
    }

    static let deadlineMessage = "Pod was active on the node longer than the specified deadline"
    static let refusalReason = "UnsupportedRestartPolicy"

    /// Whether every process has ended and none will be started again.
    package var isFinished: Bool {
        guard !isActive else { return false }
        return ending != nil || refusal != nil || hasFailedInitialization || isMainOver
    }

    /// Whether any container has a process or gets one.
    var isActive: Bool { initContainers.contains(where: \.isActive) || containers.contains(where: \.isActive) }

    /// Whether nothing is started any more, restarts included: sidecars do not keep a pod alive.
    var isWindingDown: Bool {
        ending != nil || isSuspended || refusal != nil || hasFailedInitialization || isMainOver
    }

    /// Whether all that the pod is there for has ended for good.
    private var isMainOver: Bool { containers.allSatisfy(\.isOver) }

    var hasFailedInitialization: Bool {
        initContainers.contains { $0.role == .initContainer && $0.isOver && $0.exitCode != 0 }
    }
}

extension PodLifecycle {
    private mutating func end(_ ending: Ending, gracePeriod: Int, now: Time) {
        let isAgain = self.ending == ending
        self.ending = ending
        if !isAgain { terminate(gracePeriod: gracePeriod, now: now) }
    }

    private mutating func terminate(gracePeriod: Int, now: Time) {
        if termination == nil {
            termination = PodTermination(gracePeriod: gracePeriod, now: now)
        } else {
            termination?.repeated(gracePeriod: gracePeriod, now: now)
        }
    }

    /// Ends what shall not go on, in order, and what remains to be done once nothing runs any more; every step is asked
    /// for once.
    private mutating func settle(now: Time) -> [Action] {
        var actions = stops(now: now)
        if isSuspended { return isActive ? actions : actions + [.forget] }
        guard isFinished else { return actions }
        if !isReleased {
            isReleased = true
            actions.append(.release)
            for index in initContainers.indices { initContainers[index].giveUpRestart() }
        }
        if !objectExists {
            actions.append(.forget)
        } else if case .deleted = ending, !isDeletionReported {
            isDeletionReported = true
            actions.append(.deleteObject)
        }
        return actions
    }

    private mutating func stops(now: Time) -> [Action] {
        guard isWindingDown, isActive else { return [] }
        var termination = termination ?? PodTermination(gracePeriod: manifest.gracePeriod, now: now)
        defer { self.termination = termination }
        // The order in which people read them: first what the pod is there for.
        let active = (containers + initContainers).filter(\.isActive)
        let turns = termination.turns(active: active, now: now)
        let hooks = termination.hooks(active: active, now: now)
        return turns.flatMap { turn -> [Action] in
            let text = "Stopping container \(turn.container)"
            return [
                .event(Plan.Event(.normal, reason: "Killing", message: text)),
                .stop(container: turn.container, gracePeriod: turn.gracePeriod),
            ]
        } + hooks.map { Action.runStopHook(container: $0.container, timeout: $0.gracePeriod) }
    }
}
