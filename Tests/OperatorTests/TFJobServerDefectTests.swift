import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Defects of the training operator 1.9 that lie in its dealings with the API server, on a real one.
///
/// The numbers are those of `TFJobDefectTests`, where the decisions alone are tested.
@Suite(.timeLimit(.minutes(10))) struct TFJobServerDefectTests {
    @Test func `1 and 7: a deadline fires by itself, and the job goes when its time after the end is over`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob(
                "late", in: namespace, workers: 1,
                runPolicy: ["activeDeadlineSeconds": 2, "ttlSecondsAfterFinished": 3])
            try await cluster.admin.create(job)
            let failed = try await cluster.wait(for: TFJob.self, namespace, "late", "it fails at its deadline") {
                $0.status?.isTrue(.failed) == true
            }
            #expect(failed.status?.reason == "DeadlineExceeded")
            #expect(failed.status?.completionTime != nil)
            try await cluster.waitForNone(TFJob.resource, in: namespace)
            try await cluster.waitForNone(Service.resource, in: namespace)
        }
    }

    @Test func `3: a pod that its node evicts is replaced under Never and a back-off limit of none`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            stage.allow(.runs)
            try await cluster.admin.create(
                Samples.tfJob("evicted", in: namespace, workers: 1, runPolicy: ["backoffLimit": 0]))
            let first = try await cluster.wait(for: Pod.self, namespace, "evicted-worker-0", "it runs") {
                $0.phase == .running
            }
            stage.allow(.evicted, uid: first.metadata.uid)
            try await cluster.wait(for: Pod.self, namespace, "evicted-worker-0", "another takes its place") {
                $0.metadata.uid != first.metadata.uid && $0.phase == .running
            }
            let job = try await cluster.wait(for: TFJob.self, namespace, "evicted", "it runs again") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(job.status?.disruptions == 1)
            #expect(job.status?.restarts == 0)
            #expect(job.status?.attempts.first?.reason == "Evicted")
        }
    }

    @Test func `4 and 8: no pod is made twice, and nothing is counted or told twice`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let pods = History<Pod>(cluster, in: namespace) { _ in true }
        let stage = Stage()
        try await pods.record {
            try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
                stage.allow(.runs)
                let job = Samples.tfJob("once", in: namespace, workers: 3, restartPolicy: "ExitCode")
                try await cluster.admin.create(job)
                let first = try await cluster.wait(for: Pod.self, namespace, "once-worker-2", "it runs") {
                    $0.phase == .running
                }
                stage.allow(.ends(exitCode: 143), uid: first.metadata.uid)
                try await cluster.wait(for: TFJob.self, namespace, "once", "it runs again") {
                    $0.status?.restarts == 1 && $0.status?.isTrue(.allReplicasReady) == true
                }
                try await cluster.touch(job.reference, times: 5)
                stage.allow(.ends(exitCode: 0))
                let ended = try await cluster.wait(for: TFJob.self, namespace, "once", "it succeeds") {
                    $0.status?.isTrue(.succeeded) == true
                }
                #expect(ended.status?.restarts == 1)
                #expect(ended.status?.attempts.count == 1)
                let events = try await cluster.wait(forEvent: "TFJobSucceeded", about: "once", in: namespace)
                #expect(events["TFJobSucceeded"] == 1)
                #expect(events["TFJobRestarting"] == 1)
                #expect(events["SuccessfulCreatePod"] == 4)
            }
        }
        #expect(pods.objectsByName == ["once-worker-0": 1, "once-worker-1": 1, "once-worker-2": 2])
        #expect(pods.largestNumber == 3)
    }

    @Test(arguments: [JSONValue([:]), ["cleanPodPolicy": "None"], ["cleanPodPolicy": "All"]])
    func `5: services go with the job's end though its pods are gone or stay`(runPolicy: JSONValue) async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let stage = Stage()
        try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
            stage.allow(.runs)
            try await cluster.admin.create(Samples.tfJob("left", in: namespace, workers: 2, runPolicy: runPolicy))
            try await cluster.wait(for: TFJob.self, namespace, "left", "it runs") {
                $0.status?.isTrue(.allReplicasReady) == true
            }
            #expect(try await cluster.all(Service.self, in: namespace).count == 2)
            stage.allow(.ends(exitCode: 0))
            try await cluster.wait(for: TFJob.self, namespace, "left", "it succeeds") {
                $0.status?.isTrue(.succeeded) == true
            }
            try await cluster.waitForNone(Service.resource, in: namespace)
        }
    }

    @Test func `9: a suspended job that is looked at again and again is told of once`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob("quiet", in: namespace, workers: 1, runPolicy: ["suspend": true])
            try await cluster.admin.create(job)
            try await cluster.wait(forEvent: "TFJobSuspended", about: "quiet", in: namespace)
            try await cluster.touch(job.reference, times: 5)
            // Resuming comes after all that in the same queue.
            try await cluster.admin.patch(job.reference, ["spec": ["runPolicy": ["suspend": false]]])
            let events = try await cluster.wait(forEvent: "TFJobResumed", about: "quiet", in: namespace)
            #expect(events["TFJobSuspended"] == 1)
            #expect(events["TFJobResumed"] == 1)
        }
    }

    @Test func `11: a pod that had succeeded and is collected is not run again, by this controller or the next`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let stage = Stage()
        let pods = History<Pod>(cluster, in: namespace) { _ in true }
        try await pods.record {
            try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
                stage.allow(.runs)
                try await cluster.admin.create(Samples.tfJob("done", in: namespace, workers: 2))
                let second = try await cluster.wait(for: Pod.self, namespace, "done-worker-1", "it runs") {
                    $0.phase == .running
                }
                stage.allow(.ends(exitCode: 0), uid: second.metadata.uid)
                try await cluster.wait(for: TFJob.self, namespace, "done", "worker 1 has succeeded") {
                    $0.status?.replicaStatuses[.worker]?.succeeded == 1
                }
                try await cluster.admin.delete(second.reference, DeleteOptions(gracePeriodSeconds: 0))
            }
            // The first controller is gone; the next knows the job from its status alone.
            try await cluster.withOperator(in: namespace, pods: stage.script) { _ in
                stage.allow(.ends(exitCode: 0))
                try await cluster.wait(for: TFJob.self, namespace, "done", "it succeeds") {
                    $0.status?.isTrue(.succeeded) == true
                }
            }
            for pod in try await cluster.all(Pod.self, in: namespace) {
                try await cluster.admin.delete(pod.reference, DeleteOptions(gracePeriodSeconds: 0))
            }
            try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
                let other = Samples.tfJob("other", in: namespace, workers: 1)
                try await cluster.admin.create(other)
                try await cluster.wait(for: TFJob.self, namespace, "other", "the controller is at work") {
                    $0.status?.isTrue(.running) == true
                }
            }
        }
        #expect(pods.objectsByName["done-worker-0"] == 1)
        #expect(pods.objectsByName["done-worker-1"] == 1)
    }

    @Test func `12: a refused pod is told of, in the status and as an event`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            var job = Samples.tfJob("refused", in: namespace, workers: 1)
            // The pod alone is refused; its service, which may be made first, is not.
            let mount: JSONValue = ["name": "nowhere", "mountPath": "/data"]
            let pod: JSONValue = [
                "containers": [["name": "tensorflow", "image": "i", "volumeMounts": [mount]]]
            ]
            job.body["spec"]?["tfReplicaSpecs"] = ["Worker": ["template": ["spec": pod]]]
            try await cluster.admin.create(job)
            let stalled = try await cluster.wait(for: TFJob.self, namespace, "refused", "it says why") {
                $0.status?.reason == "FailedCreatePod"
            }
            #expect(stalled.status?.condition(.stalled)?.message?.contains("volumeMounts") ?? false)
            #expect(stalled.status?.isTrue(.created) == true)
            try await cluster.wait(forEvent: "FailedCreatePod", about: "refused", in: namespace)
        }
    }

    @Test func `14: Created is there though others write to the job from the first moment on`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace, pods: { _ in .runs }) { _ in
            let job = Samples.tfJob("raced", in: namespace, workers: 1)
            try await cluster.admin.create(job)
            try await cluster.touch(job.reference, times: 20)
            let running = try await cluster.wait(for: TFJob.self, namespace, "raced", "it runs") {
                $0.status?.isTrue(.running) == true
            }
            #expect(running.status?.conditions.first?.type == .known(.created))
            #expect(running.status?.condition(.created)?.message == "TFJob raced is created.")
        }
    }

    @Test func `15: pods are made in one order, whatever the order of the manifest`() async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        try await cluster.withOperator(in: namespace) { _ in
            for number in 0..<4 {
                var job = Samples.tfJob("order-\(number)", in: namespace, workers: 1)
                var types = job.body["spec"]?["tfReplicaSpecs"] ?? [:]
                // Nobody schedules them, so that a pod's version is the one it was made with.
                types["Worker"]?["template"]?["spec"]?["schedulerName"] = "nobody"
                let one = types["Worker"]
                for type in ["Evaluator", "PS", "chief"] { types[type] = one }
                types["Worker"]?["replicas"] = 2
                job.body["spec"]?["tfReplicaSpecs"] = types
                try await cluster.admin.create(job)
            }
            let pods = try await eventually("all pods exist") {
                let pods = try await cluster.all(Pod.self, in: namespace)
                return pods.count == 20 ? pods : nil
            }
            for number in 0..<4 {
                let prefix = "order-\(number)-"
                let names = pods.filter { $0.metadata.name.hasPrefix(prefix) }
                    .sorted { Int($0.metadata.resourceVersion) ?? 0 < Int($1.metadata.resourceVersion) ?? 0 }
                    .map { String($0.metadata.name.dropFirst(prefix.count)) }
                #expect(names == ["chief-0", "ps-0", "worker-0", "worker-1", "evaluator-0"])
            }
        }
    }

    @Test(arguments: [
        ("secrets", "", "get"), ("secrets", "", "list"), ("secrets", "", "watch"), ("pods", "exec", "create"),
        ("pods", "", "update"), ("roles", "", "create"), ("rolebindings", "", "create"), ("nodes", "", "list"),
    ])
    func `16: the controller has no right to what it does not need`(
        resource: String, subresource: String, verb: String
    ) async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        let group = resource.hasPrefix("role") ? "rbac.authorization.k8s.io" : ""
        let review = Resource(
            group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview",
            plural: "subjectaccessreviews", isNamespaced: false)
        let account = "system:serviceaccount:\(OperatorCluster.systemNamespace):\(OperatorCluster.account)"
        func isAllowed(_ verb: String, _ resource: String, _ subresource: String) async throws -> Bool? {
            try await cluster.admin.create(
                Manifest(
                    Reference(review, name: ""),
                    [
                        "spec": [
                            "user": .string(account),
                            "resourceAttributes": [
                                "namespace": .string(namespace), "group": .string(group), "verb": .string(verb),
                                "resource": .string(resource), "subresource": .string(subresource),
                            ],
                        ]
                    ]))["status"]?["allowed"]?.boolValue
        }
        #expect(try await isAllowed(verb, resource, subresource) == false)
        if resource == "pods" { #expect(try await isAllowed("create", "pods", "") == true) }
    }
}
