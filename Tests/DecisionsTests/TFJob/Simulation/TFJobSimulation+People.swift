import AerieAPI
import KubernetesAPI

/// What people, queues, schedulers and administrators do.
extension TFJobSimulation {
    mutating func happen() {
        happenToPods()
        switch climate.people {
        case .none: break
        case .suspending: if isOneIn(8) { suspend(!isSuspended) }
        case .scaling: if isOneIn(8) { scale() }
        case .queueing: queue()
        }
        happenToPodGroup()
        if isOneIn(24), let service = server.ownServices.randomElement(using: &random) {
            note("somebody deletes service \(service.metadata.name)")
            server.removeService(service.metadata.name)
        }
        if climate.quotasRefuse, isOneIn(4) { changeQuota() }
        if climate.clocksStep, isOneIn(6) {
            clockError = Int64.random(in: -600...600, using: &random)
            note("the clock is off by \(clockError) s")
        }
        if climate.podsHaveTwins, isOneIn(8) { duplicatePod() }
        if climate.namesAreTaken, isOneIn(6) { takeName() }
        if isOneIn(200) {
            note("somebody deletes the job")
            server.removeJob()
        }
    }

    var isSuspended: Bool { server.job?.isSuspended ?? false }

    private mutating func suspend(_ suspended: Bool) {
        note(suspended ? "suspended" : "resumed")
        truth.suspensions += 1
        server.changeJob { $0.spec.runPolicy.suspend = suspended }
    }

    private mutating func scale() {
        guard let workers = server.job?.spec.tfReplicaSpecs[.worker]?.replicas else { return }
        let count = max(1, workers + (Bool.random(using: &random) ? 1 : -1))
        note("scaled to \(count) workers")
        truth.wereScaled(.worker, to: count)
        server.changeJob { $0.spec.tfReplicaSpecs[.worker]?.replicas = count }
    }

    /// As Kueue does: it admits a job by ending the suspension and writing node selectors in one change, preempts it by
    /// suspending it, and admits it again when no pod is active, with others.
    private mutating func queue() {
        guard let job = server.job, job.status?.isFinished != true else { return }
        let active = (job.status?.replicaStatuses ?? [:]).values.reduce(0) { $0 + $1.active }
        if !job.isSuspended {
            if isOneIn(10) { suspend(true) }
        } else if active == 0, isOneIn(3) {
            let flavor = Bool.random(using: &random) ? "spot" : "reserved"
            truth.suspensions += 1
            note("admitted to \(flavor)")
            server.changeJob { job in
                job.spec.runPolicy.suspend = false
                for type in job.spec.tfReplicaSpecs.keys {
                    job.spec.tfReplicaSpecs[type]?.template?["spec"]?["nodeSelector"] = [
                        "flavor": .string(flavor)
                    ]
                }
            }
        }
    }

    private mutating func happenToPodGroup() {
        guard server.podGroup != nil, isOneIn(3) else { return }
        let phase =
            ["Pending", "Inqueue", "Inqueue", "Running", "Unknown"].randomElement(using: &random)
            ?? "Running"
        note("PodGroup \(phase)")
        server.changePodGroup { $0.status = PodGroupStatus(phase: phase) }
    }

    private mutating func changeQuota() {
        let kinds: [Set<Resource>] = [
            [], [], [Pod.resource], [Service.resource], [Pod.resource, Service.resource],
        ]
        server.refused = kinds.randomElement(using: &random) ?? []
        note("quota refuses \(server.refused.map(\.kind).sorted())")
    }

    /// Somebody adopts a second pod for one replica.
    private mutating func duplicatePod() {
        guard var twin = server.ownPods.filter({ !$0.isLeaving }).randomElement(using: &random),
            let replica = truth.stories[twin.metadata.uid]?.replica
        else { return }
        twin.metadata.name += "-twin"
        guard server.pods[twin.metadata.name] == nil else { return }
        twin.metadata.creationTimestamp = now
        twin.spec = nil
        twin.status = Pod.Status(phase: .pending)
        server.addPod(twin)
        if let added = server.pods[twin.metadata.name] { truth.began(added, replica) }
        note("a twin of \(replica.type.lowercased)-\(replica.index)")
    }

    /// A pod of a job that had this name before, with our labels or without, or that pod goes.
    private mutating func takeName() {
        if let stranger = strangers.randomElement(using: &random), !isOneIn(3) {
            note("the stranger \(stranger.metadata.name) goes")
            return server.removePod(stranger.metadata.name)
        }
        guard let job = server.job, let replica = job.replicas.randomElement(using: &random),
            replica.count > 0
        else {
            return
        }
        let index = Int.random(in: 0..<replica.count, using: &random)
        let name = job.childName(replica.type, index)
        guard server.pods[name] == nil else { return }
        note("a stranger takes the name \(name)")
        let labels = Bool.random(using: &random) ? job.labels(replica.type, index) : [:]
        server.addPod(
            Pod(
                metadata: ObjectMeta(name: name, namespace: "ml", creationTimestamp: now, labels: labels),
                status: Pod.Status(phase: .running)))
    }

    var strangers: [Pod] { server.pods.objects.filter { $0.metadata.controller == nil } }

    // MARK: - When things go well

    /// From now on nothing is in the way of the job.
    mutating func calmDown() {
        note("calm")
        isCalm = true
        server.refused = []
        clockError = 0
        for stranger in strangers { server.removePod(stranger.metadata.name) }
        if isSuspended { suspend(false) }
    }

    /// The world's part between two reconciles.
    mutating func goOn() {
        letPodsSucceed()
        if server.podGroup != nil {
            server.changePodGroup { $0.status = PodGroupStatus(phase: "Running") }
        }
    }
}
