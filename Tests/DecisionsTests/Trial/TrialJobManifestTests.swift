import AerieAPI
import Decisions
import KubernetesAPI
import Testing

/// What the pod of a trial is made of.
@Suite struct TrialJobManifestTests {
    private typealias Fixture = TrialFixture

    private func body(_ trial: Trial, _ profile: AcceleratorProfile? = nil) throws -> JSONValue {
        try #require(try Fixture.decide(trial, profile: profile).plan.bodyCreated("landsat-00003"))
    }

    private func pod(_ trial: Trial, _ profile: AcceleratorProfile? = nil) throws -> JSONValue {
        let worker = try body(trial, profile)["spec"]?["tfReplicaSpecs"]?["Worker"]
        return try #require(worker?["template"]?["spec"])
    }

    private func container(_ pod: JSONValue) throws -> JSONValue { try #require(pod["containers"]?[0]) }

    private func environment(_ trial: Trial) throws -> [String: String] {
        let variables = try container(try pod(trial))["env"]?.arrayValue ?? []
        return Dictionary(
            variables.map { ($0["name"]?.stringValue ?? "", $0["value"]?.stringValue ?? "from the pod") }
        ) { first, _ in first }
    }

    @Test("the job is valid, has one worker, restarts it by exit code and keeps its pod")
    func job() throws {
        let body = try body(Fixture.trial())
        let job: TFJob = try body.decode()
        #expect(job.validate().isEmpty)
        #expect(job.metadata.controller?.uid == Fixture.uid)
        #expect(job.spec.tfReplicaSpecs[.worker]?.replicas == 1)
        #expect(job.spec.tfReplicaSpecs[.worker]?.restartPolicy?.value == .exitCode)
        #expect(job.cleanPodPolicy == .nothing)
        #expect(job.spec.runPolicy.backoffLimit == 3)
        #expect(job.metadata.labels["kueue.x-k8s.io/queue-name"] == "gpus")
        #expect(job.metadata.labels[Label.experiment] == "landsat")
    }

    @Test("the trainer reads its environment as the contract says")
    func contract() throws {
        let variables = try environment(Fixture.trial())
        let told = try TrialEnvironment(variables: variables)
        #expect(told.trialUID == Fixture.uid)
        #expect(told.parameters == ["learningRate": 0.003, "batchSize": 64])
        #expect((told.datasetURI, told.checkpointURI) == ("file:///data", "file:///checkpoints"))
        #expect(told.objective == Objective(metric: "validation/accuracy", goal: .maximize))
        #expect(told.trainer == ["task": "classification", "training": ["steps": 3000]])
        #expect(variables["AERIE_POD_UID"] == "from the pod")
    }

    @Test("the data is mounted read-only, and of the checkpoint store the trial's own folder and no other")
    func volumes() throws {
        let pod = try pod(Fixture.trial())
        #expect(
            pod["volumes"] == [
                ["name": "dataset", "persistentVolumeClaim": ["claimName": "datasets"]],
                ["name": "checkpoints", "persistentVolumeClaim": ["claimName": "checkpoints"]],
            ])
        #expect(
            try container(pod)["volumeMounts"] == [
                ["name": "dataset", "mountPath": "/data", "subPath": "landsat", "readOnly": true],
                [
                    "name": "checkpoints", "mountPath": "/checkpoints",
                    "subPath": "default/landsat-1f0c2a9b/landsat-00003", "readOnly": false,
                ],
            ])
    }

    @Test("remote storage is handed on, and folders of the node are mounted")
    func otherStorage() throws {
        let trial = Fixture.trial(dataset: "s3://bucket/landsat", checkpoints: "file:///srv/checkpoints/landsat-00003")
        #expect(try environment(trial)["AERIE_DATASET_URI"] == "s3://bucket/landsat")
        #expect(
            try pod(trial)["volumes"] == [
                [
                    "name": "checkpoints",
                    "hostPath": ["path": "/srv/checkpoints/landsat-00003", "type": "DirectoryOrCreate"],
                ]
            ])
    }

    @Test("an accelerator becomes selector, tolerations and limits")
    func accelerator() throws {
        let profile = AcceleratorProfile(
            metadata: ObjectMeta(name: "t4"),
            spec: .init(
                resourceName: "nvidia.com/gpu", nodeSelector: ["pool": "t4"],
                tolerations: [["key": "nvidia.com/gpu", "operator": "Exists"]]))
        let pod = try pod(Fixture.trial(accelerator: AcceleratorRequest(profile: "t4", count: 2)), profile)
        #expect(pod["nodeSelector"] == ["pool": "t4"])
        #expect(pod["tolerations"] == [["key": "nvidia.com/gpu", "operator": "Exists"]])
        #expect(try container(pod)["resources"] == ["limits": ["nvidia.com/gpu": 2]])
    }

    @Test("the pod is admitted where the restricted standard is enforced, and a crash leaves the end of its log")
    func restricted() throws {
        let pod = try pod(Fixture.trial())
        #expect(pod["securityContext"]?["runAsNonRoot"] == true)
        #expect(pod["securityContext"]?["seccompProfile"] == ["type": "RuntimeDefault"])
        #expect(pod["automountServiceAccountToken"] == false)
        let container = try container(pod)
        #expect(
            container["securityContext"] == ["allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]]])
        #expect(container["terminationMessagePolicy"] == "FallbackToLogsOnError")
    }

    @Test("a pod template adds to the pod and cannot change what the trial is told")
    func podTemplate() throws {
        let template: JSONValue = [
            "metadata": ["annotations": ["team": "imagery"]],
            "spec": [
                "serviceAccountName": "trainer", "tolerations": [["key": "spot", "operator": "Exists"]],
                "volumes": [["name": "scratch", "emptyDir": [:]]],
                "containers": [
                    [
                        "name": "tensorflow", "resources": ["limits": ["memory": "2Gi"]],
                        "env": [
                            ["name": "TF_CPP_MIN_LOG_LEVEL", "value": "1"], ["name": "AERIE_TRIAL", "value": "x"],
                        ],
                        "volumeMounts": [["name": "scratch", "mountPath": "/scratch"]],
                    ], ["name": "sidecar", "image": "sidecar:1"],
                ],
            ],
        ]
        let trial = Fixture.trial(podTemplate: template)
        let worker = try body(trial)["spec"]?["tfReplicaSpecs"]?["Worker"]
        #expect(worker?["template"]?["metadata"]?["annotations"] == ["team": "imagery"])
        let pod = try pod(trial)
        #expect(pod["serviceAccountName"] == "trainer")
        #expect(pod["volumes"]?.arrayValue?.count == 3)
        #expect(pod["containers"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["tensorflow", "sidecar"])
        let container = try container(pod)
        #expect(container["image"] == "aerie-trainer:1")
        #expect(container["resources"] == ["limits": ["memory": "2Gi"]])
        #expect(container["volumeMounts"]?.arrayValue?.count == 3)
        let variables = try environment(trial)
        #expect(variables["TF_CPP_MIN_LOG_LEVEL"] == "1")
        #expect(variables["AERIE_TRIAL"] == "landsat-00003")
    }
}
