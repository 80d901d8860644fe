import AerieAPI
import KubernetesAPI
import Testing

/// Published manifests indent fields of the pod into the container; what they mean is clear.
@Suite struct MisplacedPodFieldsTests {
    /// The indentation of published wildlife-detection jobs.
    private static let published: JSONValue = [
        "spec": [
            "serviceAccountName": "kf-user",
            "containers": [
                [
                    "name": "tensorflow", "image": "registry.example/detector:1",
                    "resources": ["limits": ["nvidia.com/gpu": 1]], "restartPolicy": "Never",
                    "tolerations": [["key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"]],
                    "nodeSelector": ["cloud.google.com/gke-accelerator": "nvidia-tesla-k80"],
                ]
            ],
        ]
    ]

    @Test func `tolerations and node selector go to the pod, the restart policy is dropped`() {
        let result = MisplacedPodFields(in: Self.published)
        #expect(
            result.corrected == [
                "spec": [
                    "serviceAccountName": "kf-user",
                    "tolerations": [["key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"]],
                    "nodeSelector": ["cloud.google.com/gke-accelerator": "nvidia-tesla-k80"],
                    "containers": [
                        [
                            "name": "tensorflow", "image": "registry.example/detector:1",
                            "resources": ["limits": ["nvidia.com/gpu": 1]],
                        ]
                    ],
                ]
            ])
    }

    @Test func `every field is named with its place and where it belongs`() {
        let result = MisplacedPodFields(in: Self.published)
        #expect(
            result.findings.map(\.path) == [
                "spec.containers[0].nodeSelector", "spec.containers[0].restartPolicy", "spec.containers[0].tolerations",
            ])
        #expect(result.findings[0].message.contains("template.spec.nodeSelector"))
        #expect(result.findings[1].message.contains("is ignored"))
    }

    @Test func `the job's warnings carry the whole path`() throws {
        let document: JSONValue = [
            "metadata": ["name": "detector"], "spec": ["tfReplicaSpecs": ["worker": ["template": Self.published]]],
        ]
        let job: TFJob = try document.decode()
        #expect(job.validate().isEmpty)
        #expect(
            job.warnings.map(\.path) == [
                "spec.tfReplicaSpecs.Worker.template.spec.containers[0].nodeSelector",
                "spec.tfReplicaSpecs.Worker.template.spec.containers[0].restartPolicy",
                "spec.tfReplicaSpecs.Worker.template.spec.containers[0].tolerations",
            ])
    }

    @Test func `what the pod says itself is kept and completed`() {
        let template: JSONValue = [
            "spec": [
                "tolerations": [["key": "a"]], "nodeSelector": ["disk": "ssd"], "serviceAccountName": "pod",
                "containers": [
                    [
                        "name": "tensorflow", "tolerations": [["key": "a"], ["key": "b"]],
                        "nodeSelector": ["disk": "hdd", "gpu": "t4"], "serviceAccountName": "container",
                    ]
                ],
            ]
        ]
        let pod = MisplacedPodFields(in: template).corrected["spec"]
        #expect(pod?["tolerations"] == [["key": "a"], ["key": "b"]])
        #expect(pod?["nodeSelector"] == ["disk": "ssd", "gpu": "t4"])
        #expect(pod?["serviceAccountName"] == "pod")
    }

    @Test func `a correct template is left as it is, and correcting twice changes nothing`() {
        #expect(MisplacedPodFields(in: .template).findings.isEmpty)
        #expect(MisplacedPodFields(in: .template).corrected == .template)
        let once = MisplacedPodFields(in: Self.published).corrected
        #expect(MisplacedPodFields(in: once).findings.isEmpty)
        #expect(MisplacedPodFields(in: [:]).corrected == [:])
    }

    @Test func `a container with rules about restarts keeps them and its policy`() {
        let rule: JSONValue = ["action": "Restart", "exitCodes": ["operator": "In", "values": [42]]]
        let template: JSONValue = [
            "spec": [
                "containers": [
                    ["name": "tensorflow", "image": "i", "restartPolicy": "Never", "restartPolicyRules": [rule]]
                ]
            ]
        ]
        #expect(MisplacedPodFields(in: template).corrected == template)
        #expect(MisplacedPodFields(in: template).findings.isEmpty)
        // Without a rule there is nothing that needs the policy.
        let without: JSONValue = [
            "spec": ["containers": [["name": "tensorflow", "restartPolicy": "Never", "restartPolicyRules": []]]]
        ]
        #expect(MisplacedPodFields(in: without).findings.map(\.path) == ["spec.containers[0].restartPolicy"])
    }

    @Test func `containers other than tensorflow may have a restart policy`() {
        let template: JSONValue = [
            "spec": [
                "containers": [
                    ["name": "tensorflow", "image": "i"], ["name": "log", "image": "i", "restartPolicy": "Always"],
                ]
            ]
        ]
        #expect(MisplacedPodFields(in: template).corrected == template)
    }

    @Test func `start-up containers may have a restart policy`() {
        let template: JSONValue = [
            "spec": [
                "initContainers": [["name": "proxy", "restartPolicy": "Always"]],
                "containers": [["name": "tensorflow", "image": "i"]],
            ]
        ]
        #expect(MisplacedPodFields(in: template).corrected == template)
    }
}
