import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// Which pods and services are made, in which order and what they look like.
@Suite struct TFJobPodTests {
    @Test func `a new job gets its pods, then its services, by type and index`() {
        let plan = TFJobWorld(.fixture(workers: 2, chief: 1, ps: 1)).decide()
        let names = ["mnist-chief-0", "mnist-ps-0", "mnist-worker-0", "mnist-worker-1"]
        #expect(plan.summary == names.map { "create pod \($0)" } + names.map { "create service \($0)" })
        #expect(plan.reasons.filter { $0 == "SuccessfulCreatePod" }.count == 4)
    }

    @Test func `a plan that was obeyed asks for nothing more`() throws {
        var world = TFJobWorld(.fixture(workers: 2, ps: 1))
        try world.reconcile()
        let again = world.decide()
        #expect(again.actions.isEmpty)
        #expect(again.events.isEmpty)
        #expect(again.status == world.job.status?.json)
    }

    @Test func `a pod carries upstream's labels, owner and the user's own`() throws {
        let template: JSONValue = [
            "metadata": ["labels": ["team": "vision"], "annotations": ["note": "x"]],
            "spec": ["containers": [["name": "tensorflow", "image": "i"]], "restartPolicy": "Always"],
        ]
        let plan = TFJobWorld(.fixture(workers: 2, template: template)).decide()
        let pod = try #require(plan.created("mnist-worker-1"))
        #expect(
            pod["metadata"]?["labels"] == [
                "team": "vision", "training.kubeflow.org/job-name": "mnist",
                "training.kubeflow.org/operator-name": "tfjob-controller",
                "training.kubeflow.org/replica-type": "worker", "training.kubeflow.org/replica-index": "1",
            ])
        #expect(pod["metadata"]?["annotations"] == ["note": "x"])
        #expect(
            pod["metadata"]?["ownerReferences"] == [
                [
                    "apiVersion": "kubeflow.org/v1", "kind": "TFJob", "name": "mnist", "uid": "job-1",
                    "controller": true, "blockOwnerDeletion": true,
                ]
            ])
        #expect(pod["spec"]?["restartPolicy"] == "Never")
        #expect(plan.reasons.contains("SetPodTemplateRestartPolicy"))
        let first = try #require(plan.created("mnist-worker-0"))
        #expect(first["metadata"]?["labels"]?["training.kubeflow.org/job-role"] == "master")
    }

    @Test func `the chief has the master role, and then worker 0 has not`() throws {
        let plan = TFJobWorld(.fixture(workers: 1, chief: 1)).decide()
        let role = "training.kubeflow.org/job-role"
        #expect(try #require(plan.created("mnist-chief-0"))["metadata"]?["labels"]?[role] == "master")
        #expect(try #require(plan.created("mnist-worker-0"))["metadata"]?["labels"]?[role] == nil)
    }

    @Test(arguments: [
        (TFJob.ReplicaSpec.RestartPolicy.always, "Always"), (.onFailure, "OnFailure"), (.never, "Never"),
        (.exitCode, "Never"),
    ])
    func `the node restarts containers only where the controller does not decide`(
        policy: TFJob.ReplicaSpec.RestartPolicy, expected: String
    ) throws {
        let plan = TFJobWorld(.fixture(workers: 1, restartPolicy: policy)).decide()
        #expect(try #require(plan.created("mnist-worker-0"))["spec"]?["restartPolicy"] == .string(expected))
    }

    @Test func `the default port and the log as last words are added to the container`() throws {
        let plan = TFJobWorld(.fixture(workers: 1)).decide()
        let container = try #require(plan.created("mnist-worker-0"))["spec"]?["containers"]?[0]
        #expect(container?["ports"] == [["name": "tfjob-port", "containerPort": 2222]])
        #expect(container?["terminationMessagePolicy"] == "FallbackToLogsOnError")
        #expect(container?["env"] == nil)
    }

    @Test func `a service is headless, finds its pod and has all ports of the container`() throws {
        let template: JSONValue = [
            "spec": [
                "containers": [
                    ["name": "sidecar", "image": "s", "ports": [["name": "web", "containerPort": 80]]],
                    ["name": "tensorflow", "image": "i", "ports": [["name": "board", "containerPort": 6006]]],
                ]
            ]
        ]
        let plan = TFJobWorld(.fixture(workers: 1, template: template)).decide()
        guard case .create(let service)? = plan.actions.last else {
            Issue.record("no service was made")
            return
        }
        #expect(service.body["spec"]?["clusterIP"] == "None")
        // A readiness probe may wait for the peers, whose names are then needed before anyone is ready.
        #expect(service.body["spec"]?["publishNotReadyAddresses"] == true)
        #expect(service.body["spec"]?["selector"] == service.body["metadata"]?["labels"])
        #expect(
            service.body["spec"]?["ports"] == [
                ["name": "board", "port": 6006], ["name": "tfjob-port", "port": 2222],
            ])
    }

    /// What the container lists, and what its service has: the API server refuses a number twice, and a port without a
    /// name beside others.
    private static let ports: [(written: JSONValue, expected: JSONValue)] = [
        ([["containerPort": 2222]], [["name": "tfjob-port", "port": 2222]]),
        (
            [["name": "grpc", "containerPort": 2222], ["containerPort": 6006]],
            [["name": "port-6006", "port": 6006], ["name": "tfjob-port", "port": 2222]]
        ),
        (
            [["name": "tfjob-port", "containerPort": 9000], ["name": "same", "containerPort": 9000]],
            [["name": "tfjob-port", "port": 9000]]
        ),
        (
            [["name": "dns", "containerPort": 53], ["name": "dns", "containerPort": 54]],
            [["name": "dns", "port": 53], ["name": "tfjob-port", "port": 2222]]
        ),
    ]

    @Test(arguments: ports)
    func `a service has each port once, and a name for each`(written: JSONValue, expected: JSONValue) throws {
        let template: JSONValue = ["spec": ["containers": [["name": "tensorflow", "image": "i", "ports": written]]]]
        let plan = TFJobWorld(.fixture(workers: 1, template: template)).decide()
        guard case .create(let service)? = plan.actions.last else {
            Issue.record("no service was made")
            return
        }
        #expect(service.body["spec"]?["ports"] == expected)
    }

    @Test func `every container leaves the end of its log, but those that were told otherwise`() throws {
        let template: JSONValue = [
            "spec": [
                "initContainers": [["name": "fetch", "image": "i"]],
                "containers": [
                    ["name": "tensorflow", "image": "i", "terminationMessagePolicy": "File"],
                    ["name": "sidecar", "image": "i"],
                ],
            ]
        ]
        let plan = TFJobWorld(.fixture(workers: 1, template: template)).decide()
        let spec = try #require(plan.created("mnist-worker-0"))["spec"]
        let policy = "terminationMessagePolicy"
        #expect(spec?["initContainers"]?[0]?[policy] == "FallbackToLogsOnError")
        #expect(spec?["containers"]?[0]?[policy] == "File")
        #expect(spec?["containers"]?[1]?[policy] == "FallbackToLogsOnError")
    }

    @Test func `no field of a plan is null, which the API server would refuse`() throws {
        let template: JSONValue = [
            "spec": ["containers": [["name": "tensorflow", "image": "i", "ports": [["containerPort": 80]]]]]
        ]
        var world = TFJobWorld(.fixture(workers: 2, restartPolicy: .exitCode, template: template))
        for letter in "RKPRES" {
            let plan = try world.reconcile()
            #expect(!(plan.status?.description.contains("null") ?? true))
            for case .create(let manifest) in plan.actions {
                #expect(!manifest.body.description.contains("null"), "\(manifest.reference)")
            }
            for index in world.pods.indices { world.pods[index].become(letter, at: world.now) }
        }
    }

    @Test func `fewer replicas delete the pods and services with the highest indexes`() throws {
        var world = try TFJobWorld(.fixture(workers: 3), workers: "RRR")
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 1
        let plan = try world.reconcile()
        #expect(
            plan.summary == [
                "delete pod mnist-worker-1", "delete pod mnist-worker-2", "delete service mnist-worker-1",
                "delete service mnist-worker-2",
            ])
        #expect(world.status.disruptions == 0)
        #expect(world.decide().actions.isEmpty)
        #expect(world.status.attempts.isEmpty)
    }

    @Test func `more replicas add what is missing`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        world.job.spec.tfReplicaSpecs[.worker]?.replicas = 2
        #expect(world.decide().summary == ["create pod mnist-worker-1", "create service mnist-worker-1"])
    }

    @Test func `of two pods for one index the older stays`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        var twin = try #require(world.pods.first)
        twin.metadata.name = "adopted-worker-0"
        twin.metadata.uid = "twin"
        twin.metadata.creationTimestamp = world.now
        world.pods.insert(twin, at: 0)
        #expect(world.decide().summary == ["delete pod adopted-worker-0"])
    }

    @Test func `a pod whose labels were changed is known by its name`() throws {
        var world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        world.pods[0].metadata.labels["training.kubeflow.org/replica-index"] = "many"
        #expect(world.decide().actions.isEmpty)
    }

    @Test func `the pods of a deleted job of the same name are waited for and named`() throws {
        var old = TFJobWorld(.fixture(workers: 1))
        try old.reconcile()
        var world = TFJobWorld(.fixture(workers: 1))
        world.job.metadata.uid = "job-2"
        world.pods = old.pods
        let plan = try world.reconcile()
        #expect(plan.summary == ["create service mnist-worker-0"])
        #expect(world.status.condition(.stalled)?.reason == "NameTaken")
        world.pods = []
        #expect(try world.reconcile().summary == ["create pod mnist-worker-0"])
        #expect(world.status.condition(.stalled) == nil)
    }

    @Test func `a job that another controller manages is left alone`() {
        var world = TFJobWorld(.fixture(workers: 1))
        world.job.spec.runPolicy.managedBy = .known(.multiKueue)
        #expect(world.decide() == .nothing)
        world.job.spec.runPolicy.managedBy = .known(.trainingOperator)
        #expect(!world.decide().actions.isEmpty)
    }

    @Test func `a job that is being deleted is left to the garbage collector`() {
        var world = TFJobWorld(.fixture(workers: 1))
        world.job.metadata.deletionTimestamp = world.now
        #expect(world.decide() == .nothing)
    }

    @Test func `pods of one type are found by the selector in the status`() throws {
        let world = try TFJobWorld(.fixture(workers: 1), workers: "R")
        #expect(
            world.status.replicaStatuses[.worker]?.selector
                == "training.kubeflow.org/job-name=mnist,training.kubeflow.org/operator-name=tfjob-controller,"
                + "training.kubeflow.org/replica-type=worker")
    }

    @Test func `misplaced fields reach the pod, and a condition says so`() throws {
        let template: JSONValue = [
            "spec": [
                "containers": [
                    [
                        "name": "tensorflow", "image": "i", "restartPolicy": "Never",
                        "tolerations": [["key": "nvidia.com/gpu"]], "nodeSelector": ["accelerator": "k80"],
                    ]
                ]
            ]
        ]
        var world = TFJobWorld(.fixture(workers: 1, restartPolicy: .onFailure, template: template))
        let plan = try world.reconcile()
        let spec = try #require(plan.created("mnist-worker-0"))["spec"]
        #expect(spec?["tolerations"] == [["key": "nvidia.com/gpu"]])
        #expect(spec?["nodeSelector"] == ["accelerator": "k80"])
        #expect(spec?["restartPolicy"] == "OnFailure")
        #expect(spec?["containers"]?[0]?["restartPolicy"] == nil)
        #expect(plan.reasons.contains("TemplateCorrected"))
        let condition = try #require(world.status.condition(.templateCorrected))
        #expect(condition.message?.contains("Worker: spec.containers[0].nodeSelector") ?? false)
        #expect(world.state == "Created")
        #expect(world.decide().events.isEmpty)
    }
}
