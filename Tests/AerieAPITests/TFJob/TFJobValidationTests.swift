import AerieAPI
import KubernetesAPI
import Testing

/// Every wrong field is named, with what would be right.
@Suite struct TFJobValidationTests {
    private static func job(name: String = "mnist", _ spec: JSONValue) throws -> TFJob {
        let document: JSONValue = ["metadata": ["name": .string(name), "namespace": "ml"], "spec": spec]
        return try document.decode()
    }

    private static func workers(_ spec: JSONValue) -> JSONValue { ["tfReplicaSpecs": ["Worker": spec]] }

    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var jobName = "mnist"
        var spec: JSONValue
        var errors: [String]
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "a good job has no errors", spec: workers(["template": .template]), errors: []),
        Row(
            name: "a job without replicas", spec: ["tfReplicaSpecs": [:]],
            errors: ["spec.tfReplicaSpecs: is empty; give at least one of Chief, Master, PS, Worker, Evaluator"]),
        Row(
            name: "an unknown replica type", spec: ["tfReplicaSpecs": ["Launcher": ["template": .template]]],
            errors: [
                "spec.tfReplicaSpecs.Launcher: is no replica type; use one of Chief, Master, PS, Worker, Evaluator"
            ]),
        Row(
            name: "one type twice",
            spec: ["tfReplicaSpecs": ["Worker": ["template": .template], "worker": ["template": .template]]],
            errors: ["spec.tfReplicaSpecs.worker: names a type that is there already in another case"]),
        Row(
            name: "a missing container tensorflow",
            spec: workers(["template": ["spec": ["containers": [["name": "main", "image": "i"]]]]]),
            errors: [
                "spec.tfReplicaSpecs.Worker.template.spec.containers: has no container named tensorflow (only main); "
                    + "name the one that trains tensorflow"
            ]),
        Row(
            name: "no containers at all", spec: workers([:]),
            errors: [
                "spec.tfReplicaSpecs.Worker.template.spec.containers: is missing; give at least the container tensorflow"
            ]),
        Row(
            name: "a missing image",
            spec: workers(["template": ["spec": ["containers": [["name": "tensorflow"]]]]]),
            errors: [
                "spec.tfReplicaSpecs.Worker.template.spec.containers[0].image: is missing; "
                    + "name the image that the container runs"
            ]),
        Row(
            name: "several wrong fields are all named",
            spec: [
                "successPolicy": "SomeWorkers",
                "runPolicy": ["cleanPodPolicy": "Some", "backoffLimit": -1, "ttlSecondsAfterFinished": -5],
                "tfReplicaSpecs": ["PS": ["replicas": -2, "restartPolicy": "Sometimes", "template": .template]],
            ],
            errors: [
                "spec.runPolicy.cleanPodPolicy: \"Some\" is unknown; use one of All, Running, None",
                "spec.successPolicy: \"SomeWorkers\" is unknown; use one of \"\", AllWorkers",
                "spec.runPolicy.ttlSecondsAfterFinished: -5 is negative; use 0 or more, or leave it out",
                "spec.runPolicy.backoffLimit: -1 is negative; use 0 or more, or leave it out",
                "spec.tfReplicaSpecs.PS.restartPolicy: \"Sometimes\" is unknown; "
                    + "use one of Always, OnFailure, Never, ExitCode",
                "spec.tfReplicaSpecs.PS.replicas: -2 is negative; use 0 or more",
            ]),
        Row(
            name: "more than one chief", spec: ["tfReplicaSpecs": ["Chief": ["replicas": 2, "template": .template]]],
            errors: ["spec.tfReplicaSpecs.Chief.replicas: 2 is too many; a job has one Chief"]),
        Row(
            name: "a chief and a master",
            spec: ["tfReplicaSpecs": ["Chief": ["template": .template], "Master": ["template": .template]]],
            errors: ["spec.tfReplicaSpecs: has both Chief and Master, which decide alike; keep one of them"]),
        Row(
            name: "a name that cannot name services", jobName: "0.mnist", spec: workers(["template": .template]),
            errors: [
                "metadata.name: \"0.mnist\" cannot name services; use lower-case letters, digits and \"-\", "
                    + "beginning with a letter and ending with a letter or digit"
            ]),
        Row(
            name: "a name that is too long for its last pod", jobName: String(repeating: "m", count: 55),
            spec: workers(["template": .template]),
            errors: [
                "metadata.name: is too long: the pod and service \(String(repeating: "m", count: 55))-worker-0 would "
                    + "have more than 63 characters; use at most 54"
            ]),
        Row(
            name: "a name that just fits", jobName: String(repeating: "m", count: 54),
            spec: workers(["template": .template]), errors: []),
    ]

    @Test(arguments: rows) func errors(row: Row) throws {
        let job = try Self.job(name: row.jobName, row.spec)
        #expect(job.validate().map(\.description) == row.errors)
    }

    @Test func `the manager and the queue of a stored job are fixed`() throws {
        let old = try Self.job([
            "runPolicy": ["schedulingPolicy": ["queue": "a"]], "tfReplicaSpecs": ["Worker": ["template": .template]],
        ])
        var new = old
        new.spec.runPolicy.managedBy = .known(.multiKueue)
        new.spec.runPolicy.schedulingPolicy?.queue = "b"
        #expect(
            new.forbiddenChanges(since: old).map(\.path) == [
                "spec.runPolicy.managedBy", "spec.runPolicy.schedulingPolicy.queue",
            ])
        #expect(old.forbiddenChanges(since: old).isEmpty)
    }

    @Test func `legacy positions are a warning`() throws {
        let job = try Self.job(["cleanPodPolicy": "All", "tfReplicaSpecs": ["Worker": ["template": .template]]])
        #expect(job.validate().isEmpty)
        #expect(
            job.warnings.map(\.description) == [
                "spec.cleanPodPolicy: belongs under spec.runPolicy; it is read from here, but move it to runPolicy"
            ])
    }

    @Test func `a restart policy of the pod and a TF_CONFIG of one's own are warnings`() throws {
        let template: JSONValue = [
            "spec": [
                "restartPolicy": "Always",
                "containers": [
                    ["name": "tensorflow", "image": "i", "env": [["name": "TF_CONFIG", "value": "{}"]]]
                ],
            ]
        ]
        let job = try Self.job(Self.workers(["template": template, "restartPolicy": "OnFailure"]))
        #expect(
            job.warnings.map(\.path) == [
                "spec.tfReplicaSpecs.Worker.template.spec.restartPolicy",
                "spec.tfReplicaSpecs.Worker.template.spec.containers",
            ])
        #expect(job.warnings.first?.message.contains("(OnFailure)") ?? false)
    }

    @Test func `a job that can never end is a warning`() throws {
        let job = try Self.job(Self.workers(["replicas": 0, "template": .template]))
        #expect(job.validate().isEmpty)
        #expect(job.warnings.map(\.path) == ["spec.tfReplicaSpecs.Worker.replicas"])
    }

    @Test(arguments: [Int64.min, Int64.min + 1, -1, 10_001, 9_000_000_000_000_000, Int64.max] as [Int64])
    func `any number of replicas is answered with what would be right`(replicas: Int64) throws {
        for type in TFJob.ReplicaType.allCases {
            let job = try Self.job([
                "tfReplicaSpecs": .object([
                    type.rawValue: ["replicas": .integer(replicas), "template": .template, "restartPolicy": "Never"]
                ])
            ])
            let path = "spec.tfReplicaSpecs.\(type.rawValue).replicas"
            #expect(job.validate().contains { $0.path == path })
            #expect((0...10_000).contains(job.replicas[0].count))
            #expect(job.warnings.isEmpty && job.references.isEmpty)
        }
    }

    @Test(arguments: [Int64.min, -1, 1 << 40, Int64.max] as [Int64])
    func `any number in the run policy is answered`(number: Int64) throws {
        for field in ["ttlSecondsAfterFinished", "backoffLimit", "activeDeadlineSeconds"] {
            let job = try Self.job([
                "runPolicy": .object([field: .integer(number)]),
                "tfReplicaSpecs": ["Worker": ["template": .template]],
            ])
            #expect(job.validate().map(\.path) == ["spec.runPolicy.\(field)"])
        }
    }
}
