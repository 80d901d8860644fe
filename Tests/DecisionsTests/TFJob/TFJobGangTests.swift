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

    @Test(arguments: [("", nil), ("volcano", GangScheduler.volcano), ("gang", .schedulerPlugins(name: "gang"))])
    func `the scheduler's name tells its kind`(name: String, scheduler: GangScheduler?) {
        #expect(GangScheduler(name: name) == scheduler)
    }

    @Test func `Volcano's group asks for all pods, and pods wait until it is in the queue`() throws {
        var world = world(.volcano)
        let plan = try world.reconcile()
        #expect(plan.summary == ["create podgroup mnist"])
        let group = try #require(podGroup(plan))
        #expect(group["apiVersion"] == "scheduling.volcano.sh/v1beta1")
        #expect(group["metadata"]?["annotations"] == ["team": "vision"])
        #expect(group["metadata"]?["ownerReferences"]?[0]?["uid"] == "job-1")
        #expect(
            group["spec"] == [
                "minMember": 3, "queue": "default",
                "minResources": ["cpu": "500m", "memory": "16896Mi", "nvidia.com/gpu": "2"],
            ])
        for phase in [nil, "", "Pending"] {
            world.podGroup?.status = PodGroupStatus(phase: phase)
            #expect(try world.reconcile().actions.isEmpty)
            #expect(world.status.condition(.stalled)?.reason == "PodGroupPending")
            #expect(world.status.reason == "PodGroupPending")
        }
        for phase in ["Inqueue", "Running", "Unknown"] {
            world.podGroup?.status?.phase = phase
            #expect(world.decide().summary.first == "create pod mnist-ps-0")
        }
        try world.reconcile()
        #expect(world.pods.count == 3)
        try world.reconcile()
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test func `waiting is no news, but what the scheduler says about it is`() throws {
        var world = world(.volcano)
        try world.reconcile()
        #expect(try world.reconcile().events.isEmpty)
        world.podGroup?.status = PodGroupStatus(
            phase: "Pending",
            conditions: [
                PodCondition(type: "Unschedulable", status: .yes, reason: "NotEnoughResources", message: "3/3 tasks")
            ])
        #expect(try world.reconcile().reasons == ["PodGroupPending"])
        #expect(world.status.condition(.stalled)?.message?.hasSuffix("queue default: 3/3 tasks") ?? false)
        #expect(try world.reconcile().events.isEmpty)
    }

    @Test func `the scheduling policy of the job counts`() throws {
        var job = Self.job
        job.spec.runPolicy.schedulingPolicy = TFJob.SchedulingPolicy(
            minAvailable: 2, queue: "gpus", minResources: ["cpu": "3"], priorityClass: "urgent",
            scheduleTimeoutSeconds: 60)
        #expect(
            podGroup(world(.volcano, job).decide())?["spec"] == [
                "minMember": 2, "queue": "gpus", "minResources": ["cpu": "3"], "priorityClassName": "urgent",
            ])
        #expect(
            podGroup(world(.schedulerPlugins(name: "s"), job).decide())?["spec"] == [
                "minMember": 2, "minResources": ["cpu": "3"], "scheduleTimeoutSeconds": 60,
            ])
    }

    private static let least: [(Int, JSONValue)] = [
        (1, ["cpu": "500m", "memory": "512Mi"]), (2, ["cpu": "500m", "memory": "8704Mi", "nvidia.com/gpu": "1"]),
    ]

    @Test(arguments: least)
    func `the least that is needed is that of the most important pods`(minimum: Int, needs: JSONValue) throws {
        var job = Self.job
        job.spec.runPolicy.schedulingPolicy = TFJob.SchedulingPolicy(minAvailable: minimum)
        #expect(podGroup(world(.volcano, job).decide())?["spec"]?["minResources"] == needs)
    }

    @Test func `Volcano's pods name the group and their part in it`() throws {
        var world = world(.volcano)
        try world.reconcile()
        world.podGroup?.status = PodGroupStatus(phase: "Inqueue")
        let pod = try #require(world.decide().created("mnist-ps-0"))
        #expect(pod["spec"]?["schedulerName"] == "volcano")
        #expect(
            pod["metadata"]?["annotations"]
                == ["scheduling.k8s.io/group-name": "mnist", "volcano.sh/task-spec": "ps"])
    }

    @Test func `with the coscheduling plugin pods are made at once and bear its label`() throws {
        var world = world(.schedulerPlugins(name: "together"))
        let plan = try world.reconcile()
        #expect(plan.summary.prefix(2) == ["create podgroup mnist", "create pod mnist-ps-0"])
        #expect(podGroup(plan)?["apiVersion"] == "scheduling.x-k8s.io/v1alpha1")
        let pod = try #require(plan.created("mnist-worker-1"))
        #expect(pod["spec"]?["schedulerName"] == "together")
        #expect(pod["metadata"]?["labels"]?["scheduling.x-k8s.io/pod-group"] == "mnist")
        #expect(pod["metadata"]?["annotations"] == nil)
    }

    @Test func `a scheduler that the user chose stays, with a warning`() throws {
        var job = Self.job
        var template = JSONValue.podTemplate
        template["spec"] = .object((template["spec"]?.objectValue ?? [:]).merging(["schedulerName": "mine"]) { $1 })
        job.spec.tfReplicaSpecs[.worker]?.template = template
        var world = world(.schedulerPlugins(name: "together"), job)
        let plan = try world.reconcile()
        #expect(plan.reasons.filter { $0 == "SetPodTemplateSchedulerName" }.count == 1)
        #expect(plan.created("mnist-worker-0")?["spec"]?["schedulerName"] == "mine")
        #expect(plan.created("mnist-ps-0")?["spec"]?["schedulerName"] == "together")
        #expect(!(try world.reconcile().reasons.contains("SetPodTemplateSchedulerName")))
    }

    @Test func `the group follows the job, but its queue stays`() throws {
        var world = world(.volcano)
        try world.reconcile()
        world.podGroup?.status = PodGroupStatus(phase: "Running")
        world.podGroup?.spec?["queue"] = "chosen"
        world.podGroup?.spec?["minTaskMember"] = ["ps": 1]
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 0
        let patch = try #require(
            world.decide().actions.compactMap { action -> JSONValue? in
                guard case .patch(_, let patch) = action else { return nil }
                return patch
            }.first)
        #expect(
            patch == [
                "spec": [
                    "minMember": 1, "minResources": ["cpu": "500m", "memory": "512Mi", "nvidia.com/gpu": nil],
                ]
            ])
        try world.reconcile()
        #expect(!world.decide().summary.contains("patch PodGroup ml/mnist"))
    }

    @Test func `a group that upstream's operator made gets the labels by which it is watched`() throws {
        var world = world(.volcano)
        try world.reconcile()
        world.podGroup?.metadata.labels = [:]
        let plan = try world.reconcile()
        #expect(plan.actions.count == 1)
        #expect(world.podGroup?.metadata.labels["training.kubeflow.org/job-name"] == "mnist")
        #expect(try world.reconcile().actions.isEmpty)
    }

    @Test func `a group of someone else is waited for`() throws {
        var world = world(.schedulerPlugins(name: "together"))
        try world.reconcile()
        world.pods = []
        world.podGroup?.metadata.ownerReferences = []
        #expect(try world.reconcile().actions.isEmpty)
        #expect(world.status.condition(.stalled)?.reason == "NameTaken")
    }

    @Test(arguments: [true, false])
    func `a job that has ended or is suspended gives its place up, and says so once`(isSuspended: Bool) throws {
        var world = world(.volcano)
        try world.reconcile()
        world.podGroup?.status = PodGroupStatus(phase: "Running")
        try world.reconcile()
        for name in world.pods.map(\.metadata.name) { world.change(name, to: isSuspended ? "R" : "S") }
        world.job.spec.runPolicy.suspend = isSuspended
        let plan = try world.reconcile()
        #expect(plan.reasons.contains("JobTerminated"))
        #expect(plan.reasons.contains("SuccessfulDeletePodGroup"))
        #expect(world.podGroup == nil)
        for _ in 0..<3 {
            let again = try world.reconcile()
            #expect(!again.reasons.contains("JobTerminated"))
            #expect(podGroup(again) == nil)
        }
    }

    @Test func `a refused group is explained`() throws {
        var world = world(.volcano)
        world.lastError = KubernetesError(.forbidden, "podgroups is forbidden", code: 403)
        try world.reconcile()
        #expect(world.status.condition(.stalled)?.reason == "FailedCreatePodGroup")
    }
}
