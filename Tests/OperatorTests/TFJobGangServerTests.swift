import AerieAPI
import Decisions
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Gang scheduling with the kinds of the schedulers installed; the tests play the schedulers.
@Suite(.timeLimit(.minutes(10))) struct TFJobGangServerTests {
    @Test func `Volcano lets the group into its queue before there are pods, and loses it when the job ends`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        try await ForeignDefinition.volcanoPodGroup.install(on: cluster)
        try await OperatorCluster.install("deploy/components/gang-volcano/role.yaml", with: cluster.admin)
        let namespace = try await cluster.namespace()
        let group = Reference(VolcanoPodGroup.resource, namespace: namespace, name: "gang")
        let stage = Stage()
        var options = OperatorProcess.Options()
        options.tfJob.gangScheduler = .volcano
        try await cluster.withOperator(in: namespace, options, pods: stage.script) { _ in
            stage.allow(.runs)
            var job = Samples.tfJob(
                "gang", in: namespace, workers: 2, runPolicy: ["schedulingPolicy": ["queue": "gpus"]])
            var worker = job.body["spec"]?["tfReplicaSpecs"]?["Worker"] ?? [:]
            worker["template"]?["spec"]?["containers"] = [
                ["name": "tensorflow", "image": "i", "resources": ["requests": ["cpu": "1500m", "memory": "1Gi"]]]
            ]
            job.body["spec"]?["tfReplicaSpecs"] = ["Worker": worker]
            try await cluster.admin.create(job)
            let made = try await cluster.document(VolcanoPodGroup.resource, namespace, "gang")
            #expect(
                made["spec"] == ["minMember": 2, "queue": "gpus", "minResources": ["cpu": "3", "memory": "2Gi"]])
            #expect(made["metadata"]?["ownerReferences"]?[0]?["kind"] == "TFJob")
            let waiting = try await cluster.wait(for: TFJob.self, namespace, "gang", "it waits for its turn") {
                $0.status?.reason == "PodGroupPending"
            }
            #expect(waiting.status?.queue == "gpus")
            try await cluster.admin.patchStatus(
                group,
                [
                    "status": [
                        "phase": "Pending",
                        "conditions": [
                            [
                                "type": "Unschedulable", "status": "True", "reason": "NotEnoughResources",
                                "message": "queue gpus is full",
                            ]
                        ],
                    ]
                ])
            try await cluster.wait(for: TFJob.self, namespace, "gang", "it says why") {
                $0.status?.condition(.stalled)?.message?.hasSuffix("queue gpus is full") ?? false
            }
            #expect(try await cluster.all(Pod.self, in: namespace).isEmpty)

            try await cluster.admin.patchStatus(group, ["status": ["phase": "Inqueue"]])
            let pod = try await cluster.document(Pod.resource, namespace, "gang-worker-1")
            #expect(pod["spec"]?["schedulerName"] == "volcano")
            #expect(pod["metadata"]?["annotations"]?["scheduling.k8s.io/group-name"] == "gang")
            #expect(pod["metadata"]?["annotations"]?["volcano.sh/task-spec"] == "worker")
            try await cluster.wait(for: TFJob.self, namespace, "gang", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true && $0.status?.condition(.stalled) == nil
            }

            try await cluster.admin.patch(job.reference, ["spec": ["tfReplicaSpecs": ["Worker": ["replicas": 1]]]])
            try await eventually("the group follows the job") {
                let spec = try await cluster.admin.get(group)["spec"]
                return spec?["minMember"] == 1 && spec?["minResources"]?["cpu"] == "1500m" ? true : nil
            }
            stage.allow(.ends(exitCode: 0))
            try await cluster.wait(for: TFJob.self, namespace, "gang", "it succeeds") {
                $0.status?.isTrue(.succeeded) == true
            }
            try await cluster.waitForNone(VolcanoPodGroup.resource, in: namespace)
            let events = try await cluster.wait(forEvent: "SuccessfulDeletePodGroup", about: "gang", in: namespace)
            #expect(events["JobTerminated"] == 1)
            #expect(events["SuccessfulDeletePodGroup"] == 1)
        }
    }

    @Test func `with the coscheduling plugin pods bear the group's label from the start`() async throws {
        let cluster = try await OperatorCluster.shared()
        try await ForeignDefinition.schedulerPluginsPodGroup.install(on: cluster)
        try await OperatorCluster.install("deploy/components/gang-scheduler-plugins/role.yaml", with: cluster.admin)
        let namespace = try await cluster.namespace()
        var options = OperatorProcess.Options()
        options.tfJob.gangScheduler = .schedulerPlugins(name: "together")
        try await cluster.withOperator(in: namespace, options, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob(
                "gang", in: namespace, workers: 2,
                runPolicy: ["schedulingPolicy": ["minAvailable": 1, "scheduleTimeoutSeconds": 60]])
            try await cluster.admin.create(job)
            try await cluster.wait(for: TFJob.self, namespace, "gang", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            let group = try await cluster.document(SchedulerPluginsPodGroup.resource, namespace, "gang")
            #expect(group["spec"] == ["minMember": 1, "scheduleTimeoutSeconds": 60])
            let pod = try await cluster.document(Pod.resource, namespace, "gang-worker-0")
            #expect(pod["spec"]?["schedulerName"] == "together")
            #expect(pod["metadata"]?["labels"]?["scheduling.x-k8s.io/pod-group"] == "gang")

            try await cluster.admin.patch(job.reference, ["spec": ["runPolicy": ["suspend": true]]])
            try await cluster.waitForNone(SchedulerPluginsPodGroup.resource, in: namespace)
            try await cluster.waitForNone(Pod.resource, in: namespace)
        }
    }

    @Test func `the group goes with its job, deleted by its owner reference`() async throws {
        let cluster = try await OperatorCluster.shared()
        try await ForeignDefinition.schedulerPluginsPodGroup.install(on: cluster)
        try await OperatorCluster.install("deploy/components/gang-scheduler-plugins/role.yaml", with: cluster.admin)
        let namespace = try await cluster.namespace()
        var options = OperatorProcess.Options()
        options.tfJob.gangScheduler = .schedulerPlugins(name: "together")
        try await cluster.withOperator(in: namespace, options, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob("short", in: namespace, workers: 1)
            try await cluster.admin.create(job)
            try await cluster.wait(for: TFJob.self, namespace, "short", "it runs") {
                $0.status?.isTrue(.running) == true
            }
            try await cluster.admin.delete(job.reference, DeleteOptions(propagation: .background))
            try await cluster.waitForNone(SchedulerPluginsPodGroup.resource, in: namespace)
        }
    }
}
