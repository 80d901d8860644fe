import AerieAPI
import Decisions
import KubernetesAPI

/// What is checked when the world stands still and the controller has heard of everything.
extension TFJobSimulation {
    /// Writes that follow each other from one standing world: a status and its actions, what they bring about, and a
    /// failure that is told.
    private static var patience: Int { 6 }

    /// Checks a copy of this world that stands still.
    mutating func checkRest() {
        var copy = self
        copy.isCalm = true
        copy.note("stands still")
        copy.comeToRest()
        copy.checkStanding()
        adopt(copy)
    }

    private mutating func comeToRest() {
        for _ in 0..<Self.patience {
            controller.catchUp(with: server)
            let version = server.version
            let failure = controller.lastFailure
            reconcile()
            if server.version == version, controller.lastFailure == failure { return }
        }
        expect(false, .rest, "still at work after \(Self.patience) reconciles")
    }

    /// The end of a simulation in which everything goes well.
    mutating func checkEnd() {
        if !runsForEver { expect(server.job?.status?.isFinished ?? false, .end) }
        comeToRest()
        checkStanding()
        guard let ttl = server.job?.spec.runPolicy.ttlSecondsAfterFinished,
            server.job?.status?.isFinished == true
        else {
            return
        }
        let end = server.job?.status?.completionTime ?? now
        now = max(now, end.advanced(bySeconds: Int64(ttl)))
        comeToRest()
        expect(server.job == nil, .lifetime, "it is still there")
        server.collectGarbage()
        expect(server.pods.objects.isEmpty && server.services.objects.isEmpty, .leak, "after the TTL")
    }

    /// Under `Always` a program that ends is started again, whatever it says, and no limit may be set.
    private var runsForEver: Bool {
        guard let job = server.job else { return false }
        return job.spec.tfReplicaSpecs.values.contains { $0.restartPolicy?.value == .always }
            && job.spec.runPolicy.activeDeadlineSeconds == nil
    }

    private mutating func checkStanding() {
        guard let job = server.job else { return }
        guard let status = job.status else { return expect(false, .status, "there is none") }
        for type in job.spec.tfReplicaSpecs.keys {
            let pods = server.ownPods.filter { truth.stories[$0.metadata.uid]?.replica.type == type }
            let active = pods.count {
                !$0.isOver && (job.isSuspended || $0.phase != .pending || $0.isLeaving)
            }
            // A job that ended while it was suspended is no longer looked at as one.
            let isCounted = status.isFinished && job.isSuspended
            expect(
                isCounted || status.replicaStatuses[type]?.active ?? 0 == active, .status,
                "\(status.replicaStatuses[type]?.active ?? 0) active \(type), not \(active)")
        }
        if status.isFinished {
            checkFinished(job, status)
        } else if job.isSuspended {
            expect(status.isTrue(.suspended), .status, "it does not say Suspended")
            expect(server.ownPods.allSatisfy(\.isLeaving), .leak, "pods of a suspended job")
            expect(
                server.ownServices.isEmpty && server.podGroup == nil, .leak,
                "services or PodGroup of a suspended job")
        } else {
            checkWorking(job, status)
        }
    }

    private mutating func checkFinished(_ job: TFJob, _ status: TFJob.Status) {
        expect(server.ownServices.isEmpty, .leak, "services")
        expect(server.podGroup == nil, .leak, "the PodGroup")
        let left = server.ownPods.filter { !$0.isLeaving }
        let isStopped = ["BackoffLimitExceeded", "DeadlineExceeded"].contains(status.reason)
        switch job.cleanPodPolicy {
        case .all: expect(left.isEmpty, .leak, "pods under All")
        case .running: expect(left.allSatisfy(\.isOver), .leak, "running pods under Running")
        case .nothing:
            expect(
                !isStopped || left.allSatisfy(\.isOver), .leak, "running pods of a job that was stopped")
        }
    }

    private mutating func checkWorking(_ job: TFJob, _ status: TFJob.Status) {
        let isWaiting =
            configuration.gangScheduler == .volcano
            && ["", "Pending"].contains(server.podGroup?.status?.phase ?? "")
        var ready = 0
        for replica in job.replicas {
            for index in 0..<replica.count {
                let name = job.childName(replica.type, index)
                let pod = server.ownPods.first {
                    truth.stories[$0.metadata.uid]?.replica == .init(type: replica.type, index: index)
                }
                if let pod, pod.phase == .running, pod.isReady, !pod.isLeaving { ready += 1 }
                check(pod, name, .init(type: replica.type, index: index), status, isWaiting: isWaiting)
                let hasService = server.ownServices.contains { $0.metadata.name == name }
                let isRefused = server.refused.contains(Service.resource)
                let isBlocked = isWaiting || isRefused || !server.refused.isEmpty || !strangers.isEmpty
                expect(hasService || isBlocked, .wanted, "service \(name) is missing")
            }
        }
        let wanted = job.replicas.reduce(0) { $0 + $1.count }
        expect(
            status.ready == "\(ready)/\(wanted)" || climate.podsHaveTwins, .status,
            "ready \(status.ready ?? ""), not \(ready)")
        expect(server.ownServices.count <= wanted, .wanted, "services of no replica")
        expect(
            configuration.gangScheduler == nil || server.podGroup != nil, .wanted,
            "the PodGroup is missing")
    }

    private mutating func check(
        _ pod: Pod?, _ name: String, _ replica: SimulatedTruth.Replica, _ status: TFJob.Status,
        isWaiting: Bool
    ) {
        if let pod {
            let isTolerated = server.job?.spec.enableDynamicWorker ?? false
            expect(
                pod.phase != .failed || pod.isLeaving || isTolerated, .wanted,
                "\(name) has failed and is still there")
            return
        }
        if truth.completed.contains(replica) || isWaiting || server.pods[name] != nil { return }
        // From the second loss on there are pauses.
        if truth.losses(replica).count > 1, requeueAfter != nil { return }
        if server.refused.contains(Pod.resource) || !strangers.isEmpty
            || server.refused.contains(Service.resource)
        {
            return expect(
                status.isTrue(.stalled), .wanted, "\(name) is missing, and the status does not say why")
        }
        expect(false, .wanted, "\(name) is missing")
    }
}
