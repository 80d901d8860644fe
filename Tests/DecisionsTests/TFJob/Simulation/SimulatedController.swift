import AerieAPI
import Decisions
import KubernetesAPI
import TestRandom

/// What the controller's process remembers: its caches, each as late as it likes, and its last failure.
struct SimulatedController {
    private(set) var jobs = SimulatedCache<TFJob>()
    private(set) var pods = SimulatedCache<Pod>(isOfTFJobs)
    private(set) var services = SimulatedCache<Service>(isOfTFJobs)
    private(set) var podGroups = SimulatedCache<VolcanoPodGroup>()
    var lastFailure: KubernetesError?

    private static let isOfTFJobs: @Sendable (ObjectMeta) -> Bool = {
        $0.labels[TFJob.Label.operatorName] == TFJob.Label.controller
    }

    /// A process that has just read all its lists, and knows nothing else.
    init(_ server: SimulatedServer) {
        jobs.start(with: server.jobs, version: server.version)
        pods.start(with: server.pods, version: server.version)
        services.start(with: server.services, version: server.version)
        podGroups.start(with: server.podGroups, version: server.version)
    }

    func observed(
        _ configuration: TFJobDecision.Configuration, at now: Time
    ) -> TFJobDecision
        .Observed?
    {
        guard let job = jobs.objects.first else { return nil }
        return TFJobDecision.Observed(
            job: job, pods: pods.objects, services: services.objects, podGroup: podGroups.objects.first,
            now: now,
            lastError: lastFailure, configuration: configuration)
    }

    /// Hears of everything that has happened.
    mutating func catchUp(with server: SimulatedServer) {
        jobs.hear(jobs.lag(behind: server.jobs), of: server.jobs)
        pods.hear(pods.lag(behind: server.pods), of: server.pods)
        services.hear(services.lag(behind: server.services), of: server.services)
        podGroups.hear(podGroups.lag(behind: server.podGroups), of: server.podGroups)
    }

    /// Each watch brings some of its news, and some again, or breaks and is begun with a list.
    mutating func hearSome(of server: SimulatedServer, _ random: inout SeededGenerator) {
        Self.hearSome(&jobs, server.jobs, server.version, &random)
        Self.hearSome(&pods, server.pods, server.version, &random)
        Self.hearSome(&services, server.services, server.version, &random)
        Self.hearSome(&podGroups, server.podGroups, server.version, &random)
    }

    private static func hearSome<Object>(
        _ cache: inout SimulatedCache<Object>, _ kind: SimulatedKind<Object>, _ version: Int,
        _ random: inout SeededGenerator
    ) {
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<6: cache.hear(cache.lag(behind: kind), of: kind)
        case 6..<12: cache.hear(Int.random(in: 0...cache.lag(behind: kind), using: &random), of: kind)
        case 12: cache.hearAgain(Int.random(in: 0...4, using: &random), of: kind)
        case 13: cache.relist(kind, version: version)
        default: break
        }
    }

    /// Takes in what the server has under a name that was written to.
    mutating func learn(_ reference: Reference, from server: SimulatedServer) {
        let name = reference.key.name
        switch reference.resource {
        case TFJob.resource: if let job = server.jobs[name] { jobs.learn(job) }
        case Pod.resource: if let pod = server.pods[name] { pods.learn(pod) }
        case Service.resource: if let service = server.services[name] { services.learn(service) }
        default: if let group = server.podGroups[name] { podGroups.learn(group) }
        }
    }

    /// Takes in that an object is gone.
    mutating func forget(_ reference: Reference, uid: String) {
        let name = reference.key.name
        switch reference.resource {
        case TFJob.resource: jobs.forget(name, uid: uid)
        case Pod.resource: pods.forget(name, uid: uid)
        case Service.resource: services.forget(name, uid: uid)
        default: podGroups.forget(name, uid: uid)
        }
    }
}
