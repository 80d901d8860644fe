import AerieAPI
import KubernetesAPI
import Testing

@Suite struct NamesTests {
    @Test("names made from the longest experiment's name fit 63 characters")
    func longestNames() {
        let experiment = String(repeating: "a", count: ChildName.maximumExperimentLength)
        let trial = ChildName.trial(experiment: experiment, number: ChildName.maximumTrialNumber)
        #expect("\(trial)-worker-0".count <= 63)
        let promotion = ChildName.promotion(
            experiment: experiment, uid: "1f0c2a9b-77aa-4e0b-9d54-8d2f1f7f5f10", digest: Fixture.digest)
        #expect(promotion.count <= 63)
        #expect(promotion.hasSuffix("-1f0c-01234567"))
    }

    @Test("trials sort by number, and their folder is theirs alone")
    func trials() {
        #expect(ChildName.trial(experiment: "landsat", number: 3) == "landsat-00003")
        #expect(
            ChildName.trialFolder(
                namespace: "default", experiment: "landsat", uid: "1f0c2a9b-77aa", trial: "landsat-00003")
                == "default/landsat-1f0c2a9b/landsat-00003")
    }

    @Test(
        "the stable hash is FNV-1a",
        arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
    func hash(text: String, expected: String) { #expect(StableHash(text).hexadecimal == expected) }

    @Test("the order of members does not change a document's hash")
    func hashOfDocuments() {
        #expect(StableHash(["a": 1, "b": 2]) == StableHash(["b": 2, "a": 1]))
        #expect(StableHash(["a": 1]) != StableHash(["a": 2]))
    }

    @Test(
        "a uri is read, written and extended",
        arguments: [
            ("pvc://checkpoints", "pvc://checkpoints/a/b"), ("pvc://data/x/", "pvc://data/x/a/b"),
            ("file:///data/x", "file:///data/x/a/b"), ("s3://bucket/x", "s3://bucket/x/a/b"),
        ])
    func uris(text: String, extended: String) throws {
        #expect(try StorageURI(text).appending("a/b").description == extended)
    }
}

@Suite struct BestCheckpointTests {
    private func checkpoint(_ value: Double, step: Int = 1, trial: Int = 1) -> BestCheckpoint {
        BestCheckpoint(
            trial: "t", trialNumber: trial, parameters: [:], metric: "m", value: value, metrics: [:],
            checkpoint: .init(uri: "u", path: "p", step: step, digest: "d"))
    }

    @Test("the better value wins, whatever the step")
    func value() {
        #expect(checkpoint(0.9, step: 9).wins(over: checkpoint(0.8), by: .maximize))
        #expect(!checkpoint(0.9, step: 9).wins(over: checkpoint(0.8), by: .minimize))
    }

    @Test("of equal values the smaller step wins, then the lower trial number")
    func ties() {
        #expect(checkpoint(0.9, step: 1, trial: 2).wins(over: checkpoint(0.9, step: 2, trial: 1), by: .maximize))
        #expect(checkpoint(0.9, step: 1, trial: 1).wins(over: checkpoint(0.9, step: 1, trial: 2), by: .maximize))
        #expect(!checkpoint(0.9).wins(over: checkpoint(0.9), by: .maximize))
    }

    @Test("NaN never wins", arguments: Objective.Goal.allCases)
    func nan(goal: Objective.Goal) {
        #expect(!checkpoint(.nan).wins(over: checkpoint(0), by: goal))
        #expect(!checkpoint(.nan, step: 0).wins(over: checkpoint(.nan), by: goal))
        #expect(checkpoint(0).wins(over: checkpoint(.nan), by: goal))
    }
}

@Suite struct AcceleratorProfileTests {
    private let profile = AcceleratorProfile(
        metadata: ObjectMeta(name: "t4"),
        spec: .init(
            resourceName: "nvidia.com/gpu", nodeSelector: ["pool": "t4"],
            tolerations: [["key": "nvidia.com/gpu", "operator": "Exists"]], allowedNamespaces: ["imagery"]))

    @Test("a pod gets the pool's selector and tolerations and as many accelerators as asked for")
    func settings() {
        #expect(
            profile.podSettings(count: 2)
                == PodSettings(
                    nodeSelector: ["pool": "t4"], tolerations: [["key": "nvidia.com/gpu", "operator": "Exists"]],
                    limits: ["nvidia.com/gpu": 2]))
    }

    @Test("only the listed namespaces may use it, and all of them when none is listed")
    func namespaces() {
        #expect(profile.allows(namespace: "imagery"))
        #expect(!profile.allows(namespace: "default"))
        var open = profile
        open.spec.allowedNamespaces = []
        #expect(open.allows(namespace: "default"))
    }
}

@Suite struct GateTests {
    @Test(
        "a gate is shut with a reason",
        arguments: [
            (Gate(metric: "m", min: 0.5), ["m": 0.6], nil),
            (Gate(metric: "m", min: 0.5), ["m": 0.4], "m is 0.4, below the gate's min 0.5"),
            (Gate(metric: "m", max: 0.5), ["m": 0.6], "m is 0.6, above the gate's max 0.5"),
            (Gate(metric: "m", min: 0.5), ["m": .nan], "m is not a number"),
            (Gate(metric: "m", min: 0.5), [:], "m was not reported"),
            (Gate(metric: "m", min: 0.5, max: 0.5), ["m": 0.5], nil),
        ] as [(Gate, Metrics, String?)])
    func refusal(gate: Gate, metrics: Metrics, expected: String?) { #expect(gate.refusal(for: metrics) == expected) }
}
