package import KubernetesAPI

/// The life of one pod on its node: what happened goes in, what shall be done comes out.
///
/// A plain value without clocks, processes or network. The shell (``PodWorker``) carries the actions out, reports what
/// became of them as events, and writes ``status`` to the API server whenever it changed.
package struct PodLifecycle: Hashable, Sendable {
    /// Something that happened to the pod.
    package enum Event: Hashable, Sendable {
        /// Address and volumes are there.
        case prepared
        /// Address or volumes are not there yet; the shell tries again by itself.
        case preparationFailed(message: String)
        /// The container could not be created: an image or a ConfigMap is missing. It may work later.
        case notCreated(container: String, reason: String, message: String)
        case started(container: String, image: StartedContainer)
        /// The container's process ended, or could not even be executed.
        case exited(container: String, Exit)
        /// The delay of an earlier ``Action/wait(container:attempt:for:)`` has passed.
        case waited(container: String, attempt: Int)
        /// A probe's answer crossed its threshold.
        case probed(container: String, ProbeKind, passed: Bool, message: String)
        /// The object was marked for deletion; the processes have this many seconds.
        case deletionRequested(gracePeriod: Int)
        /// The object is gone although the pod was still running.
        case objectGone
        /// `activeDeadlineSeconds` have passed.
        case deadlinePassed
        /// The node agent ends; the processes have this many seconds, and the pod goes on when the agent is back.
        case nodeStopping(gracePeriod: Int)
    }

    /// Something that the shell shall do.
    package enum Action: Hashable, Sendable {
        /// Allocate the address, put the volumes in place.
        case prepare
        /// Get the image and run the container; `attempt` counts from 0.
        case start(container: String, attempt: Int)
        /// Send ``Event/waited(container:attempt:)`` after this time.
        case wait(container: String, attempt: Int, for: Duration)
        /// SIGTERM now, SIGKILL after the grace period (seconds).
        case stop(container: String, gracePeriod: Int)
        /// Send ``Event/deadlinePassed`` after this time.
        case awaitDeadline(Duration)
        /// Tell people who run `kubectl describe`.
        case event(Plan.Event)
        /// Every process has ended for good: give back what ``prepare`` took.
        case release
        /// Everything has been reported: delete the object with grace period 0.
        case deleteObject
        /// Nothing is left to do for this pod.
        case forget
    }

    package struct StartedContainer: Hashable, Sendable {
        package var containerID: String
        package var imageID: String

        package init(containerID: String, imageID: String) {
            self.containerID = containerID
            self.imageID = imageID
        }
    }

    package struct Exit: Hashable, Sendable {
        /// 128 + signal when a signal ended it.
        package var code: Int
        package var reason: String?
        package var message: String?

        package init(code: Int, reason: String? = nil, message: String? = nil) {
            self.code = code
            self.reason = reason
            self.message = message
        }
    }

    package enum ProbeKind: String, Hashable, Sendable, CaseIterable {
        case startup = "Startup"
        case liveness = "Liveness"
        case readiness = "Readiness"
    }

    package let manifest: PodManifest
    let backoff: ContainerBackoff
    package private(set) var initContainers: [ContainerLifecycle]
    package private(set) var containers: [ContainerLifecycle]
    /// Why no container shall be started any more.
    package private(set) var ending: Ending?
    /// Whether the deadline ended it; stays true when the pod is deleted afterwards.
    private(set) var isPastDeadline = false
    package private(set) var isPrepared = false
    private var isReleased = false
    /// Whether the node agent ends: nothing is started any more, yet the pod is not over.
    private var isSuspended = false
    private var objectExists = true
    private var isDeletionReported = false
    package let startTime: Time
    var preparationProblem: String?
    var conditions: [PodStatus.Condition]

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
        func restore(_ containers: [ContainerManifest]?, _ statuses: [PodStatus.Container]?) -> [ContainerLifecycle] {
            (containers ?? []).map { container in
                ContainerLifecycle(container, status: statuses?.first { $0.name == container.name }, now: now)
            }
        }
        initContainers = restore(manifest.spec.initContainers, status?.initContainerStatuses)
        containers = restore(manifest.spec.containers, status?.containerStatuses)
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
        if isFinished { return settle() }
        var actions: [Action] = []
        if let limit = manifest.spec.activeDeadlineSeconds {
            let left = Int64(limit) - now.seconds(since: startTime)
            actions.append(.awaitDeadline(.seconds(max(0, left))))
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
            actions = advance(now: now)
        case .preparationFailed(let message):
            if preparationProblem != message {
                actions.append(.event(Plan.Event(.warning, reason: "FailedMount", message: message)))
            }
            preparationProblem = message
        case .notCreated(let name, let reason, let message):
            actions = notCreated(name, reason: reason, message: message)
        case .started(let name, let image):
            actions = started(name, image, now: now)
        case .exited(let name, let exit):
            actions = exited(name, exit, now: now)
        case .waited(let name, let attempt):
            update(name) { $0.delayPassed(attempt: attempt) }
            actions = advance(now: now)
        case .probed(let name, let kind, let passed, let message):
            actions = probed(name, kind, passed: passed, message: message)
        case .deletionRequested(let gracePeriod):
            actions = end(.deleted(gracePeriod: gracePeriod), gracePeriod: gracePeriod)
        case .objectGone:
            objectExists = false
            actions = end(.deleted(gracePeriod: 0), gracePeriod: 0)
        case .nodeStopping(let gracePeriod):
            isSuspended = true
            actions = stopAll(gracePeriod: gracePeriod)
        case .deadlinePassed:
            guard ending == nil, !isFinished else { return [] }
            isPastDeadline = true
            let message = Self.deadlineMessage
            actions = [.event(Plan.Event(.normal, reason: "DeadlineExceeded", message: message))]
            actions += end(.deadlineExceeded, gracePeriod: manifest.gracePeriod)
        }
        return actions + settle()
    }

    static let deadlineMessage = "Pod was active on the node longer than the specified deadline"

    /// Whether every process has ended and none will be started again.
    package var isFinished: Bool {
        let all = initContainers + containers
        guard !all.contains(where: \.isActive) else { return false }
        if ending != nil { return true }
        if hasFailedInitialization { return true }
        return containers.allSatisfy { $0.isOver(policy: manifest.restartPolicy) }
    }

    var hasFailedInitialization: Bool {
        manifest.restartPolicy == .never && initContainers.contains { ($0.exitCode ?? 0) != 0 }
    }

    var isInitialized: Bool { initContainers.allSatisfy { $0.exitCode == 0 } }
}

extension PodLifecycle {
    /// Starts whatever may start now: the next init container, or every container whose turn it is.
    private mutating func advance(now: Time) -> [Action] {
        guard isPrepared, ending == nil, !isSuspended, !hasFailedInitialization else { return [] }
        if let index = initContainers.firstIndex(where: { $0.exitCode != 0 }) {
            return [initContainers[index].startIfIdle(policy: .initContainer(manifest.restartPolicy))].compactMap(
                \.self)
        }
        return containers.indices.compactMap { containers[$0].startIfIdle(policy: .container(manifest.restartPolicy)) }
    }

    private mutating func started(_ name: String, _ image: StartedContainer, now: Time) -> [Action] {
        guard update(name, { $0.started(image, now: now) }) else { return [] }
        return [.event(Plan.Event(.normal, reason: "Started", message: "Started container \(name)"))]
    }

    private mutating func notCreated(_ name: String, reason: String, message: String) -> [Action] {
        var actions: [Action] = [.event(Plan.Event(.warning, reason: "Failed", message: message))]
        let delay = backoff.creationDelay(failures: container(name)?.creationFailures ?? 0)
        update(name) { $0.notCreated(reason: reason, message: message) }
        if ending == nil, !isSuspended, let container = container(name) {
            actions.append(.wait(container: name, attempt: container.restartCount, for: delay))
        }
        return actions
    }

    private mutating func exited(_ name: String, _ exit: Exit, now: Time) -> [Action] {
        let forgiveness = backoff.forgiveness
        guard update(name, { $0.exited(exit, forgiveness: forgiveness, now: now) }),
            let container = container(name)
        else { return [] }
        guard ending == nil, !isSuspended else { return [] }
        let policy = manifest.restartPolicy
        let isInit = initContainers.contains { $0.name == name }
        let restarts = isInit ? exit.code != 0 && policy != .never : !container.isOver(policy: policy)
        guard restarts else { return advance(now: now) }
        let delay = backoff.restartDelay(crashes: container.consecutiveCrashes)
        guard delay > .zero else { return advance(now: now) }
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

    private mutating func probed(_ name: String, _ kind: ProbeKind, passed: Bool, message: String) -> [Action] {
        guard let container = container(name), container.isRunning else { return [] }
        var actions: [Action] = []
        if !passed {
            let text = "\(kind.rawValue) probe failed: \(message)"
            actions.append(.event(Plan.Event(.warning, reason: "Unhealthy", message: text)))
        }
        switch kind {
        case .readiness: update(name) { $0.isReady = passed }
        case .startup where passed: update(name) { $0.hasStartedUp = true }
        case .startup, .liveness:
            guard !passed else { break }
            let text = "Container \(name) failed \(kind.rawValue.lowercased()) probe, will be restarted"
            actions.append(.event(Plan.Event(.normal, reason: "Killing", message: text)))
            actions.append(.stop(container: name, gracePeriod: manifest.gracePeriod))
        }
        return actions
    }

    private mutating func end(_ ending: Ending, gracePeriod: Int) -> [Action] {
        let isAgain = self.ending == ending
        self.ending = ending
        return isAgain ? [] : stopAll(gracePeriod: gracePeriod)
    }

    private func stopAll(gracePeriod: Int) -> [Action] {
        let active = (initContainers + containers).filter(\.isActive)
        return active.flatMap { container -> [Action] in
            let text = "Stopping container \(container.name)"
            return [
                .event(Plan.Event(.normal, reason: "Killing", message: text)),
                .stop(container: container.name, gracePeriod: gracePeriod),
            ]
        }
    }

    /// What remains to be done once nothing runs any more; every step is asked for once.
    private mutating func settle() -> [Action] {
        if isSuspended { return (initContainers + containers).contains(where: \.isActive) ? [] : [.forget] }
        guard isFinished else { return [] }
        var actions: [Action] = []
        if !isReleased {
            isReleased = true
            actions.append(.release)
        }
        if !objectExists {
            actions.append(.forget)
        } else if case .deleted = ending, !isDeletionReported {
            isDeletionReported = true
            actions.append(.deleteObject)
        }
        return actions
    }

    func container(_ name: String) -> ContainerLifecycle? {
        (initContainers + containers).first { $0.name == name }
    }

    @discardableResult
    private mutating func update(_ name: String, _ change: (inout ContainerLifecycle) -> Void) -> Bool {
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
