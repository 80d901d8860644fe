import AerieAPI
import KubernetesAPI
import Testing

/// Names that pods do not have are told at every depth, those of current Kubernetes are not.
@Suite struct UnknownPodFieldsTests {
    private func warnings(about pod: JSONValue) throws -> [String] {
        let document: JSONValue = [
            "metadata": ["name": "mnist"], "spec": ["tfReplicaSpecs": ["Worker": ["template": ["spec": pod]]]],
        ]
        let job: TFJob = try document.decode()
        let path = "spec.tfReplicaSpecs.Worker.template.spec."
        return job.warnings.map { $0.description.replacing(path, with: "") }
    }

    private func container(_ fields: [String: JSONValue]) -> JSONValue {
        .object(fields.merging(["name": "tensorflow", "image": "i"]) { $1 })
    }

    @Test func `no published field is unknown`() throws {
        for place in PublishedPlace.all where place.isField {
            for value in place.good {
                let document: JSONValue = [
                    "metadata": ["name": "mnist"],
                    "spec": ["tfReplicaSpecs": ["Worker": ["template": place.template(with: value)]]],
                ]
                let warnings = try document.decode(TFJob.self).warnings
                #expect(!warnings.contains { $0.message.contains("is unknown") }, "\(place.path): \(warnings)")
            }
        }
    }

    @Test func `fields of Kubernetes 1.35 and 1.36 are known`() throws {
        let rule: JSONValue = ["action": "Restart", "exitCodes": ["operator": "In", "values": [42]]]
        let pod: JSONValue = [
            "schedulingGroup": ["podGroupName": "gang"],
            "containers": [
                container(["restartPolicy": "Never", "restartPolicyRules": [rule]]),
                ["name": "log", "image": "i", "restartPolicy": "Always"],
            ],
        ]
        #expect(try warnings(about: pod) == [])
    }

    @Test func `a slip is told at every depth, with what was meant`() throws {
        let pod: JSONValue = [
            "affinity": ["nodeAfinity": [:]],
            "containers": [container(["livenessProbe": ["httpGet": ["prot": 80]]])],
            "initContainers": [["name": "a", "image": "i", "tolerations": []]],
            "volumes": [["name": "a", "persistentVolumeClaim": ["claim": "b"]]],
        ]
        let unknown = "is unknown to Kubernetes 1.36; API servers that do not know it drop it"
        #expect(
            try warnings(about: pod) == [
                "affinity.nodeAfinity: \(unknown), did you mean nodeAffinity?",
                "containers[0].livenessProbe.httpGet.prot: \(unknown)",
                "initContainers[0].tolerations: \(unknown)",
                "volumes[0].persistentVolumeClaim.claim: \(unknown)",
            ])
    }

    @Test func `a document of another kind is told in part, and long names are not compared`() throws {
        let many = JSONValue.object(
            Dictionary(uniqueKeysWithValues: (1000..<2000).map { ("field\($0)", JSONValue.null) }))
        #expect(try warnings(about: many).count == 64)
        let long = String(repeating: "a", count: 1 << 20)
        let start = ContinuousClock.now
        #expect(try warnings(about: .object([long: 1])).count == 1)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
