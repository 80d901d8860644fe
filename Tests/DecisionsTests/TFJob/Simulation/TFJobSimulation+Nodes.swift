import AerieAPI
import KubernetesAPI

/// What nodes, the scheduler and the control plane do to pods.
extension TFJobSimulation {
    /// Something happens to some of the pods.
    mutating func happenToPods() {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            guard let pod = server.ownPods.randomElement(using: &random) else { return }
            if pod.isOver {
                if isOneIn(5) { take(pod, "collected") }
            } else if pod.isLeaving {
                happen(toLeaving: pod)
            } else if pod.phase == .pending {
                happen(toPending: pod)
            } else {
                happen(toRunning: pod)
            }
        }
    }

    private mutating func happen(toLeaving pod: Pod) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: server.removePod(pod.metadata.name)
        case 2: end(pod, .failed(exitCode: 143), reason: "Error")
        case 3: end(pod, .succeeded)
        default: break
        }
    }

    private mutating func happen(toPending pod: Pod) {
        switch Int.random(in: 0..<16, using: &random) {
        case 0: change(pod, "cannot be scheduled") { $0.wait(for: "Unschedulable") }
        case 1: change(pod, "has no image") { $0.wait(forImage: "ErrImagePull") }
        case 2: end(pod, .disrupted, reason: "UnexpectedAdmissionError")
        case 3: take(pod, "deleted while it waits")
        case 4: break
        default: start(pod)
        }
    }

    private mutating func happen(toRunning pod: Pod) {
        switch Int.random(in: 0..<24, using: &random) {
        case 0...5: fail(pod)
        case 6...8: end(pod, .succeeded)
        case 9: end(pod, .disrupted, reason: "Evicted")
        case 10: end(pod, .disrupted, reason: "NodeLost")
        case 11: end(pod, .disrupted, reason: "Preempted", isMarked: true)
        case 12: change(pod, "is about to be preempted") { $0.markAsTarget() }
        case 13, 14: sendAway(pod)
        case 15: take(pod, "taken away by force")
        case 16: change(pod, "unknown") { $0.status?.phase = .unknown }
        case 17: change(pod, "pending again") { $0.status?.phase = .pending }
        case 18, 19: change(pod, "not ready") { $0.become(ready: false) }
        default: start(pod)
        }
    }

    /// The program ends badly: the node starts it again where the policy says so, and else the pod is over.
    private mutating func fail(_ pod: Pod) {
        let codes: [Int?] = [1, 2, 127, 130, 137, 139, 255, nil]
        let code = codes.randomElement(using: &random) ?? nil
        let isOutOfMemory = code == 137 && Bool.random(using: &random)
        let reason = isOutOfMemory ? "OOMKilled" : code == nil ? "DeadlineExceeded" : "Error"
        if let code, isRestartedInPlace(pod), !isOneIn(8) {
            change(pod, "restarts after \(code)") { [now] in
                $0.restart(exitCode: code, reason: reason, at: now)
            }
        } else {
            end(pod, .failed(exitCode: code), reason: reason)
        }
    }

    private func isRestartedInPlace(_ pod: Pod) -> Bool {
        guard let type = truth.stories[pod.metadata.uid]?.replica.type else { return false }
        let policy = server.job?.spec.tfReplicaSpecs[type]?.restartPolicy?.value
        return policy == .always || policy == .onFailure
    }

    private func isMarked(_ pod: Pod) -> Bool {
        pod.status?.conditions?.contains { $0.type == "DisruptionTarget" } ?? false
    }

    /// - Parameter isMarked: Whether the control plane says now that the pod is the target of a disruption.
    private mutating func end(
        _ pod: Pod, _ ending: SimulatedTruth.Ending, reason: String = "Completed",
        isMarked: Bool = false
    ) {
        truth.ended(pod, ending, isTarget: isMarked || self.isMarked(pod))
        change(pod, "\(ending) \(reason)") { [now] pod in
            if isMarked { pod.markAsTarget() }
            pod.end(ending, reason: reason, at: now)
        }
    }

    private mutating func start(_ pod: Pod) {
        change(pod, "runs") { [now] in $0.run(at: now) }
    }

    private mutating func sendAway(_ pod: Pod) {
        truth.wasTaken(pod)
        note("somebody deletes \(pod.metadata.name)")
        server.deletePod(pod.metadata.name, at: now)
    }

    private mutating func take(_ pod: Pod, _ words: String) {
        truth.wasTaken(pod)
        note("\(pod.metadata.name) \(words)")
        server.removePod(pod.metadata.name)
    }

    private mutating func change(_ pod: Pod, _ words: String, _ change: (inout Pod) -> Void) {
        note("\(pod.metadata.name) \(words)")
        server.changePod(pod.metadata.name, change)
    }

    /// Everything that can go well does: pods that wait start, pods that run succeed, and those that leave are gone.
    mutating func letPodsSucceed() {
        for pod in server.ownPods {
            if pod.isLeaving {
                server.removePod(pod.metadata.name)
            } else if pod.isOver {
                continue
            } else if pod.phase != .running || !pod.isReady {
                start(pod)
            } else if !hasVerdict, !runsForEver(pod) {
                end(pod, .succeeded)
            }
        }
    }

    private var hasVerdict: Bool { server.job?.status?.isFinished ?? false }

    /// A node never lets such a pod succeed.
    private func runsForEver(_ pod: Pod) -> Bool {
        guard let type = truth.stories[pod.metadata.uid]?.replica.type else { return true }
        return server.job?.spec.tfReplicaSpecs[type]?.restartPolicy?.value == .always
    }
}

extension Pod {
    var isReady: Bool {
        status?.conditions?.contains { $0.type == "Ready" && $0.status == .yes } ?? false
    }

    fileprivate mutating func wait(for reason: String) {
        status = Status(
            phase: .pending, conditions: [PodCondition(type: "PodScheduled", status: .no, reason: reason)]
        )
    }

    fileprivate mutating func wait(forImage reason: String) {
        spec = Spec(nodeName: "n1")
        status = Status(
            phase: .pending,
            containerStatuses: [
                ContainerStatus(name: "tensorflow", state: .init(waiting: .init(reason: reason)))
            ])
    }

    fileprivate mutating func run(at now: Time) {
        spec = Spec(nodeName: "n1")
        let container = containerStatus("tensorflow")
        let marks = (status?.conditions ?? []).filter { $0.type == "DisruptionTarget" }
        status = Status(
            phase: .running, startTime: status?.startTime ?? now,
            conditions: marks + [PodCondition(type: "Ready", status: .yes)],
            containerStatuses: [
                ContainerStatus(
                    name: "tensorflow", ready: true, restartCount: container?.restartCount ?? 0,
                    state: .init(running: .init(startedAt: now)), lastState: container?.lastState)
            ])
    }

    fileprivate mutating func become(ready isReady: Bool) {
        let others = (status?.conditions ?? []).filter { $0.type != "Ready" }
        status?.conditions = others + [PodCondition(type: "Ready", status: isReady ? .yes : .no)]
    }

    fileprivate mutating func markAsTarget() {
        let others = (status?.conditions ?? []).filter { $0.type != "DisruptionTarget" }
        let mark = PodCondition(type: "DisruptionTarget", status: .yes, reason: "PreemptionByScheduler")
        status?.conditions = others + [mark]
    }

    fileprivate mutating func restart(exitCode: Int, reason: String, at now: Time) {
        let restarts = self.restarts + 1
        become(ready: false)
        status?.phase = .running
        status?.containerStatuses = [
            ContainerStatus(
                name: "tensorflow", restartCount: restarts,
                state: .init(waiting: .init(reason: "CrashLoopBackOff")),
                lastState: .init(terminated: .init(exitCode: exitCode, reason: reason, finishedAt: now)))
        ]
    }

    fileprivate mutating func end(_ ending: SimulatedTruth.Ending, reason: String, at now: Time) {
        let code: Int? =
            switch ending {
            case .succeeded: 0
            case .failed(let exitCode): exitCode
            case .disrupted: nil
            }
        let restarts = self.restarts
        become(ready: false)
        status?.phase = ending == .succeeded ? .succeeded : .failed
        if code == nil { status?.reason = reason }
        let start = status?.startTime
        let terminated = code.map {
            ContainerStatus.State.Terminated(
                exitCode: $0, reason: reason, startedAt: start, finishedAt: now)
        }
        status?.containerStatuses = [
            ContainerStatus(
                name: "tensorflow", restartCount: restarts, state: .init(terminated: terminated))
        ]
    }
}
