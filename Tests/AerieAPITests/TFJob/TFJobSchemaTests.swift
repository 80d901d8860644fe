import AerieAPI
import KubernetesAPI
import Testing

/// The custom resource definition says what the Swift types say.
@Suite struct TFJobSchemaTests {
    private let document = TFJob.customResourceDefinition.json

    private var version: JSONValue? { document["spec"]?["versions"]?[0] }

    private func properties(_ path: String...) -> JSONValue? {
        path.reduce(version?["schema"]?["openAPIV3Schema"]) { $0?["properties"]?[$1] }
    }

    /// Words are rules, not parts of the schema: with an enumeration that is violated the API server would evaluate no
    /// rule.
    private func rules(_ node: JSONValue?) -> [String] {
        (node?["x-kubernetes-validations"]?.arrayValue ?? []).compactMap { $0["rule"]?.stringValue }
    }

    @Test func `the kind is upstream's`() {
        #expect(document["metadata"]?["name"] == "tfjobs.kubeflow.org")
        #expect(document["spec"]?["scope"] == "Namespaced")
        #expect(document["spec"]?["names"]?["categories"] == ["aerie"])
        #expect(version?["name"] == "v1")
        #expect(version?["subresources"] == ["status": [:]])
    }

    @Test func `the columns State and Age are upstream's, ours stand between them`() {
        let columns = version?["additionalPrinterColumns"]?.arrayValue ?? []
        #expect(
            columns.compactMap { $0["name"]?.stringValue } == [
                "State", "Reason", "Ready", "Restarts", "Disruptions", "Queue", "Accelerators", "Nodes", "Age",
            ])
        #expect(columns.first?["jsonPath"] == ".status.conditions[-1:].type")
    }

    @Test func `every field of the run policy is described, and accepted where it used to be`() {
        let fields = properties("spec", "runPolicy")?["properties"]?.objectValue ?? [:]
        #expect(
            Set(fields.keys) == [
                "cleanPodPolicy", "ttlSecondsAfterFinished", "activeDeadlineSeconds", "backoffLimit",
                "schedulingPolicy", "suspend", "managedBy",
            ])
        #expect(fields.values.allSatisfy { !($0["description"]?.stringValue ?? "").isEmpty })
        #expect(properties("spec", "backoffLimit")?["description"]?.stringValue?.hasPrefix("Deprecated") ?? false)
        #expect(rules(fields["cleanPodPolicy"]) == ["self in ['', 'All', 'Running', 'None']"])
    }

    /// A rule says where it looks only if the schema has the place; of metadata, that may be the name alone.
    @Test func `what is wrong with a name is told of the name`() {
        for definition in AerieCRDs.all {
            let metadata = definition.schema.json["properties"]?["metadata"]
            #expect(metadata == ["type": "object", "properties": ["name": ["type": "string"]]])
            let rules = (definition.schema.json["x-kubernetes-validations"]?.arrayValue ?? []).filter {
                $0["rule"]?.stringValue?.contains("self.metadata.name") == true
            }
            #expect(rules.isEmpty == (definition.resource == AcceleratorProfile.resource))
            for rule in rules {
                #expect(rule["fieldPath"] == ".metadata.name")
                #expect(rule["message"]?.stringValue?.contains("metadata.name") == false)
            }
        }
    }

    @Test func `pod templates keep unknown fields and nothing has a stored default`() {
        let replica = properties("spec", "tfReplicaSpecs")?["additionalProperties"]?["properties"]
        #expect(replica?["template"]?["x-kubernetes-preserve-unknown-fields"] == true)
        #expect(rules(replica?["replicas"]) == [])
        #expect(replica?["replicas"]?["minimum"] == 0)
        #expect(replica?["replicas"]?["maximum"] == 10_000)
        #expect(rules(replica?["restartPolicy"]) == ["self in ['', 'Always', 'OnFailure', 'Never', 'ExitCode']"])
        #expect(!document.description.contains("\"default\":"))
    }

    @Test func `every field that a full status has is in the schema`() {
        let now = Time(seconds: 0)
        let status = TFJob.Status(
            conditions: [TFJob.JobCondition(.created, reason: "TFJobCreated", message: "m", at: now)],
            replicaStatuses: [
                .ps: TFJob.ReplicaStatus(
                    active: 1, succeeded: 1, failed: 1, selector: "s", restarts: 1, disruptions: 1,
                    completedIndexes: CompletedIndexes([0]))
            ],
            startTime: now, completionTime: now, lastReconcileTime: now, reason: "r", ready: "1/1", restarts: 1,
            disruptions: 1,
            attempts: [
                TFJob.Attempt(
                    pod: "p", uid: "u", replicaType: .ps, index: 0, cause: .failure, node: "n", exitCode: 1,
                    meaning: "m", reason: "r", message: "m", startTime: now, endTime: now)
            ], observedGeneration: 1)
        let schema = properties("status")
        func check(_ value: JSONValue?, _ schema: JSONValue?) {
            for (name, member) in value?.objectValue ?? [:] {
                #expect(schema?["properties"]?[name] != nil, "\(name) is not in the schema")
                check(member.arrayValue?.first, schema?["properties"]?[name]?["items"])
            }
        }
        check(status.json, schema)
        check(status.json["replicaStatuses"]?["PS"], schema?["properties"]?["replicaStatuses"]?["additionalProperties"])
    }
}
