import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Pods that start together or not at all.
@Suite struct TFJobGangTests {
    private static func template(_ resources: JSONValue, priorityClass: String? = nil) -> JSONValue {
        var spec: JSONValue = [
            "containers": [["name": "tensorflow", "image": "i", "resources": resources]]
        ]
        if let priorityClass { spec["priorityClassName"] = .string(priorityClass) }
        return ["spec": spec]
    }

    /// One parameter server that matters more than the two workers.
    private static var job: TFJob {
        var job = TFJob.fixture(
            workers: 2, ps: 1, template: template(["limits": ["nvidia.com/gpu": 1], "requests": ["memory": "8Gi"]]))
        job.spec.tfReplicaSpecs[.ps]?.template = template(
            ["requests": ["cpu": "500m", "memory": "512Mi"]], priorityClass: "high")
        job.metadata.annotations = ["team": "vision"]
        return job
    }

    private func world(_ scheduler: GangScheduler, _ job: TFJob = Self.job) -> TFJobWorld {
        var world = TFJobWorld(job)
        world.configuration.gangScheduler = scheduler
        world.priorities = ["high": 1000]
        return world
    }

    private func podGroup(_ plan: Plan) -> JSONValue? {
        for case .create(let manifest) in plan.actions where manifest.reference.resource.kind == "PodGroup" {
            return manifest.body
        }
        return nil
    }

    @Test func `a refused change of the group is told in the server's words until it is done`() throws {
        var world = world(.schedulerPlugins(name: "gangs"))
        try world.reconcile()
        world.job.spec.runPolicy.schedulingPolicy = .init(minAvailable: 1)
        world.lastError = KubernetesError(.forbidden, "podgroups are kept by a policy", code: 403)
        let plan = world.decide()
        #expect(plan.reasons == ["FailedUpdatePodGroup"])
        world.job.status = try plan.status?.decode(TFJob.Status.self)
        #expect(
            world.status.condition(.stalled)?.message == "Error updating: podgroups are kept by a policy")
        world.lastError = nil
        try world.reconcile()
        #expect(world.status.condition(.stalled)?.reason == "FailedUpdatePodGroup")
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test(arguments: ["volcano", "Volcano", "VOLCANO"])
    func `Volcano is known in any case, as upstream knows it`(name: String) {
        #expect(GangScheduler(name: name) == .volcano)
        #expect(GangScheduler(name: "Mine") == .schedulerPlugins(name: "Mine"))
    }
}
