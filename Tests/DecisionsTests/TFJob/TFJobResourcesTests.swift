import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// The wide columns: queue, accelerators, nodes.
@Suite struct TFJobResourcesTests {
    private static func template(_ resources: JSONValue) -> JSONValue {
        [
            "spec": [
                "containers": [
                    ["name": "tensorflow", "image": "i", "resources": resources], ["name": "log", "image": "i"],
                ]
            ]
        ]
    }

    @Test func `accelerators of all wanted pods are summed, whether they are requested or only limited`() throws {
        var job = TFJob.fixture(
            workers: 4, chief: 1, ps: 2,
            template: Self.template(["limits": ["nvidia.com/gpu": 2, "cpu": "8", "example.com/nic": "1"]]))
        job.spec.tfReplicaSpecs[.ps]?.template = Self.template(["requests": ["cpu": "1"]])
        var world = TFJobWorld(job)
        try world.reconcile()
        #expect(world.status.accelerators == "5 example.com/nic, 10 nvidia.com/gpu")
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 0
        try world.reconcile()
        #expect(world.status.accelerators == "1 example.com/nic, 2 nvidia.com/gpu")
    }

    @Test func `a job without devices names none, and Kubernetes' own resources are none`() throws {
        var world = TFJobWorld(
            .fixture(
                workers: 1, template: Self.template(["requests": ["memory": "1Gi", "hugepages.kubernetes.io/x": 1]])))
        try world.reconcile()
        #expect(world.status.accelerators == nil)
    }

    @Test func `the queue is Kueue's, else the scheduler's`() throws {
        var world = TFJobWorld(.fixture(workers: 1))
        try world.reconcile()
        #expect(world.status.queue == nil)
        world.job.spec.runPolicy.schedulingPolicy = TFJob.SchedulingPolicy(queue: "night")
        try world.reconcile()
        #expect(world.status.queue == "night")
        world.job.metadata.labels["kueue.x-k8s.io/queue-name"] = "gpus"
        try world.reconcile()
        #expect(world.status.queue == "gpus")
    }

    @Test func `a few nodes are named and the others counted, and an ended job remembers its own`() throws {
        var world = try TFJobWorld(.fixture(workers: 6), workers: "RRRRRR")
        for index in world.pods.indices { world.pods[index].spec?.nodeName = "n\(index / 2)" }
        try world.reconcile()
        #expect(world.status.nodes == "n0,n1,n2")
        for index in world.pods.indices { world.pods[index].spec?.nodeName = "n\(index)" }
        try world.reconcile()
        #expect(world.status.nodes == "n0,n1,n2 and 3 more")
        world.change("mnist-worker-0", to: "S")
        try world.reconcile()
        world.pods = []
        try world.reconcile()
        #expect(world.status.nodes != nil)
    }
}
