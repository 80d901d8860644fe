import AerieAPI
import Decisions
import KubernetesAPI

/// What is checked at every step.
extension TFJobSimulation {
    // MARK: - Writes

    /// Something was made on a decision.
    mutating func checkCreation(of reference: Reference, _ observed: TFJobDecision.Observed) {
        expect(server.job?.status?.isFinished != true, .madeAfterEnd, "\(reference)")
        if reference.resource.kind == "PodGroup" { truth.podGroups += 1 }
        guard reference.resource == Pod.resource, let pod = server.pods[reference.key.name] else {
            return
        }
        guard
            let type = pod.metadata.labels[TFJob.Label.replicaType].flatMap(
                TFJob.ReplicaType.init(anyCase:)),
            let index = pod.metadata.labels[TFJob.Label.replicaIndex].flatMap({ Int($0) })
        else { return expect(false, .wanted, "\(reference) is of no replica") }
        let replica = SimulatedTruth.Replica(type: type, index: index)
        expect(!truth.completed.contains(replica) || climate.podsHaveTwins, .doneOnce, "\(reference)")
        for loss in truth.losses(replica) where !truth.isAmbiguous {
            expect(loss != nil, .namedLoss, "\(reference)")
        }
        if configuration.gangScheduler == .volcano {
            let phase = observed.podGroup.flatMap { $0.status?.phase } ?? ""
            expect(!["", "Pending"].contains(phase), .turn, "\(reference)")
        }
        truth.began(pod, replica)
        let alive = server.ownPods.filter {
            truth.stories[$0.metadata.uid]?.replica == replica && !$0.isOver && !$0.isLeaving
        }
        expect(alive.count <= 1 || climate.podsHaveTwins, .onePod, "\(alive.map(\.metadata.name))")
    }

    /// Something is about to be deleted on a decision.
    mutating func checkDeletion(of reference: Reference, _ observed: TFJobDecision.Observed) {
        let job = observed.job
        let isOver = server.job?.status?.isFinished ?? false
        if reference.resource == TFJob.resource { return checkExpiry() }
        let owner = server.metadata(of: reference)?.controller?.uid
        expect(owner == job.metadata.uid, .healthyPod, "\(reference) is not ours")
        guard reference.resource == Pod.resource, let pod = server.pods[reference.key.name],
            let replica = truth.stories[pod.metadata.uid]?.replica
        else {
            return expect(
                isOver || job.isSuspended || reference.resource == Service.resource, .healthyPod,
                "\(reference)")
        }
        let isSurplus = replica.index >= job.spec.tfReplicaSpecs[replica.type]?.replicas ?? 0
        if isSurplus { truth.wasSurplus(pod) }
        let hasTwin = observed.pods.count { truth.stories[$0.metadata.uid]?.replica == replica } > 1
        expect(
            isOver || job.isSuspended || isSurplus || hasTwin || pod.phase == .failed || pod.isLeaving,
            .healthyPod,
            "\(reference)")
    }

    private mutating func checkExpiry() {
        let job = server.job
        guard let ttl = job?.spec.runPolicy.ttlSecondsAfterFinished,
            let end = job?.status?.completionTime
        else {
            return expect(false, .lifetime, "deleted without a reason")
        }
        expect(end.advanced(bySeconds: Int64(ttl)) <= controllerNow, .lifetime, "deleted too early")
    }

    /// An event is told.
    mutating func tell(_ event: Plan.Event, _ plan: Plan) {
        note("  tells \(event.reason): \(event.message)")
        var thing = event.message
        switch event.action.map({ plan.actions[$0] }) {
        case .delete(_, let uid, _): thing = uid
        case .create(let manifest): thing = server.metadata(of: manifest.reference)?.uid ?? thing
        default: break
        }
        let count = told["\(event.reason) \(thing)", default: 0] + 1
        told["\(event.reason) \(thing)"] = count
        expect(count <= limit(event), .toldOnce, "\(event.reason): \(event.message)")
    }

    /// How often something may be told: as often as it happened.
    private func limit(_ event: Plan.Event) -> Int {
        switch event.reason {
        case "TFJobSuspended", "TFJobResumed": truth.suspensions
        // By a clock that was put back, pods of before a suspension are of this run.
        case "ExitedWithCode" where climate.clocksStep: .max
        case "ExitedWithCode":
            truth.exits.reduce(0) { $0 + (event.message.isExit(of: $1.key) ? $1.value : 0) }
        case "TFJobRestarting": (server.job.map(truth.failures) ?? 0) + truth.disruptions
        case "JobTerminated": truth.podGroups
        // What stands in the way may be gone and come back.
        case "FailedCreatePod", "FailedCreateService", "FailedCreatePodGroup", "NameTaken": .max
        case "Unschedulable", "ErrImagePull", "CrashLoopBackOff", "NoDecidingReplicas": .max
        case "Error", "OOMKilled": truth.restarts
        default: 1
        }
    }

    // MARK: - The status

    /// The status of the job after a reconcile.
    mutating func checkSteps() {
        guard let job = server.job, let status = job.status else { return }
        checkVerdict(job, status)
        checkCounts(job, status)
        let start = status.startTime ?? now
        expect(status.completionTime.map { start <= $0 } ?? true, .times, "completed before it started")
        expect(
            Set(status.conditions.map(\.type)).count == status.conditions.count, .conditions,
            "one is there twice")
        expect(
            !(status.isTrue(.running) && status.isTrue(.restarting)), .conditions,
            "Running and Restarting")
        expect(!(status.isFinished && status.isTrue(.running)), .conditions, "Running after the end")
        let states: [TFJob.JobCondition.ConditionType] = [
            .failed, .succeeded, .suspended, .restarting, .running, .created,
        ]
        expect(
            status.conditions.last?.type.value == states.first(where: status.isTrue), .conditions,
            "\(status.conditions.last?.type.text ?? "") is last")
    }

    private mutating func checkVerdict(_ job: TFJob, _ status: TFJob.Status) {
        expect(!(status.isTrue(.succeeded) && status.isTrue(.failed)), .oneVerdict, "both")
        expect(
            status.isFinished == (status.completionTime != nil), .oneVerdict,
            "completionTime does not agree")
        let terminal = status.condition(.succeeded) ?? status.condition(.failed)
        if let verdict { expect(terminal == verdict, .oneVerdict, "it changed") }
        if verdict == nil, let terminal {
            if terminal.type.value == .succeeded {
                expect(hasSucceeded(job), .grounds, "nobody succeeded")
            } else {
                expect(hasFailed(job, status), .grounds, "\(status.reason ?? "")")
            }
        }
        verdict = terminal
    }

    private func hasSucceeded(_ job: TFJob) -> Bool {
        let specs = job.spec.tfReplicaSpecs
        func all(_ type: TFJob.ReplicaType) -> Bool {
            (0..<(specs[type]?.replicas ?? 0)).allSatisfy {
                truth.completed.contains(.init(type: type, index: $0))
            }
        }
        let chiefs = specs.keys.filter(\.isChief)
        if !chiefs.isEmpty { return chiefs.allSatisfy(all) }
        guard specs[.worker] != nil else { return specs.keys.allSatisfy(all) }
        let isFirstEnough = job.spec.successPolicy?.value != .allWorkers
        return all(.worker) || isFirstEnough && truth.completed.contains(.init(type: .worker, index: 0))
    }

    private func hasFailed(_ job: TFJob, _ status: TFJob.Status) -> Bool {
        switch status.reason {
        case "ReplicaFailed", "PermanentExitCode": return truth.hasFinalFailure(of: job)
        case "BackoffLimitExceeded":
            return truth.failures(of: job) > job.spec.runPolicy.backoffLimit ?? .max
        case "DeadlineExceeded":
            guard let limit = job.spec.runPolicy.activeDeadlineSeconds, let start = status.startTime
            else { return false }
            return start.advanced(bySeconds: Int64(limit)) <= controllerNow
        default: return false
        }
    }

    private mutating func checkCounts(_ job: TFJob, _ status: TFJob.Status) {
        let failures = truth.failures(of: job)
        let limit = job.spec.runPolicy.backoffLimit ?? .max
        let isCounted =
            truth.isAmbiguous || status.restarts == failures || status.isFinished && failures > limit
        expect(
            status.restarts <= failures && isCounted, .countedOnce,
            "\(status.restarts) restarts, \(failures) failures")
        expect(
            status.restarts <= limit || status.isFinished, .limit,
            "\(status.restarts) restarts, at most \(limit)")
        let disruptions = truth.disruptions
        expect(
            status.disruptions == disruptions || truth.isAmbiguous, .disruptions,
            "\(status.disruptions) instead of \(disruptions)")
        expect(
            status.restarts == status.replicaStatuses.values.reduce(0) { $0 + $1.restarts }, .ledger,
            "restarts")
        expect(
            status.disruptions == status.replicaStatuses.values.reduce(0) { $0 + $1.disruptions },
            .ledger, "disruptions")
        expect(
            status.attempts.reduce(0) { $0 + $1.counted } <= status.restarts, .ledger,
            "attempts count more")
        let gone = status.attempts.count { attempt in
            !server.pods.objects.contains { $0.metadata.uid == attempt.uid }
        }
        // Those that went since the last decision are still there.
        expect(
            gone <= TFJob.Status.attemptLimit + 12, .ledger, "\(gone) attempts of pods that are gone")
        let remembered = status.replicaStatuses.flatMap { type, replica in
            replica.completedIndexes.indexes.map { SimulatedTruth.Replica(type: type, index: $0) }
        }
        if !status.isFinished {
            let isRight = Set(remembered) == truth.completed || truth.isAmbiguous
            expect(isRight, .successes, "\(remembered)")
        }
    }
}

extension String {
    /// Whether an event tells of `exit`, a pod's name and a code.
    fileprivate func isExit(of exit: String) -> Bool {
        let words = exit.split(separator: " ")
        return words.count == 2 && hasSuffix(".\(words[0]) exited with code \(words[1])")
    }
}
