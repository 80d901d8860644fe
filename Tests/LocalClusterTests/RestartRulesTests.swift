import KubernetesAPI
import LocalCluster
import Testing

@Suite("Who is restarted")
struct RestartRulesTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var pod: PodManifest.RestartPolicy
        var container: JSONValue = [:]
        var isInit = false
        /// Which of the exit codes 0, 1, 42 and 137 are followed by another run.
        var restarts: Set<Int>
        var testDescription: String { name }
    }

    private static func rule(_ operation: String, _ values: [Int], action: String = "Restart") -> JSONValue {
        [
            "action": .string(action),
            "exitCodes": ["operator": .string(operation), "values": .array(values.map { JSONValue($0) })],
        ]
    }

    static let rows: [Row] = [
        Row(name: "the pod's Always", pod: .always, restarts: [0, 1, 42, 137]),
        Row(name: "the pod's OnFailure", pod: .onFailure, restarts: [1, 42, 137]),
        Row(name: "the pod's Never", pod: .never, restarts: []),
        Row(
            name: "its own policy wins over the pod's: Always", pod: .never, container: ["restartPolicy": "Always"],
            restarts: [0, 1, 42, 137]),
        Row(
            name: "its own policy wins over the pod's: OnFailure", pod: .never,
            container: ["restartPolicy": "OnFailure"], restarts: [1, 42, 137]),
        Row(
            name: "its own policy wins over the pod's: Never", pod: .always, container: ["restartPolicy": "Never"],
            restarts: []),
        Row(
            name: "a rule restarts what the policy would not", pod: .always,
            container: ["restartPolicy": "Never", "restartPolicyRules": [rule("In", [42])]], restarts: [42]),
        Row(
            name: "NotIn is everything else", pod: .never,
            container: ["restartPolicy": "Never", "restartPolicyRules": [rule("NotIn", [0, 42])]],
            restarts: [1, 137]),
        Row(
            name: "where no rule matches the container's policy decides", pod: .never,
            container: ["restartPolicy": "OnFailure", "restartPolicyRules": [rule("In", [0])]],
            restarts: [0, 1, 42, 137]),
        Row(
            name: "any of several rules", pod: .never,
            container: ["restartPolicy": "Never", "restartPolicyRules": [rule("In", [1]), rule("In", [137])]],
            restarts: [1, 137]),
        Row(
            name: "rules without a policy of the container's own are none", pod: .never,
            container: ["restartPolicyRules": [rule("In", [42])]], restarts: []),
        Row(name: "an init container that succeeds is done", pod: .always, isInit: true, restarts: [1, 42, 137]),
        Row(name: "an init container of a pod that is never restarted", pod: .never, isInit: true, restarts: []),
        Row(
            name: "an init container with a policy of its own", pod: .always,
            container: ["restartPolicy": "Never", "restartPolicyRules": [rule("In", [0, 42])]], isInit: true,
            restarts: [42]),
        Row(
            name: "a sidecar, whatever the pod says", pod: .never, container: ["restartPolicy": "Always"], isInit: true,
            restarts: [0, 1, 42, 137]),
    ]

    @Test(arguments: rows) func restarts(row: Row) throws {
        let rules = RestartRules(try container(row.container), isInit: row.isInit, podPolicy: row.pod)
        #expect(Set([0, 1, 42, 137].filter { rules.restarts(afterExitCode: $0) }) == row.restarts)
    }

    struct Refusal: CustomTestStringConvertible {
        var spec: JSONValue
        var message: String?
        var testDescription: String { message ?? "nothing is wrong" }
    }

    static let refusals: [Refusal] = [
        Refusal(
            spec: [
                "containers": [
                    [
                        "name": "main", "image": "image", "restartPolicy": "Never",
                        "restartPolicyRules": [rule("In", [1]), rule("NotIn", [2])],
                    ]
                ]
            ]),
        Refusal(
            spec: ["containers": [["name": "main", "image": "image", "restartPolicy": "Sometimes"]]],
            message:
                #"spec.containers[0].restartPolicy: "Sometimes" is not known to this node, which knows Always, OnFailure, Never"#
        ),
        Refusal(
            spec: [
                "containers": [
                    [
                        "name": "main", "image": "image", "restartPolicy": "Never",
                        "restartPolicyRules": [rule("In", [1]), rule("In", [2], action: "RestartAllContainers")],
                    ]
                ]
            ],
            message: """
                spec.containers[0].restartPolicyRules[1].action: "RestartAllContainers" is not known to this node, \
                which knows Restart
                """),
        Refusal(
            spec: [
                "containers": [
                    [
                        "name": "main", "image": "image", "restartPolicy": "Never",
                        "restartPolicyRules": [rule("Above", [1])],
                    ]
                ]
            ],
            message: """
                spec.containers[0].restartPolicyRules[0].exitCodes.operator: "Above" is not known to this node, which \
                knows In, NotIn
                """),
        Refusal(
            spec: [
                "containers": [
                    [
                        "name": "main", "image": "image", "restartPolicy": "Never",
                        "restartPolicyRules": [["action": "Restart"]],
                    ]
                ]
            ], message: "spec.containers[0].restartPolicyRules[0]: this node knows rules with exitCodes only"),
    ]

    @Test("a way of restarting that the node does not know is refused aloud", arguments: refusals)
    func refusal(row: Refusal) throws {
        let now = Time(seconds: 1_000)
        let manifest = try pod(spec: row.spec)
        var life = PodLifecycle(manifest, now: now)
        #expect(life.manifest.refusal == row.message)
        guard let message = row.message else {
            #expect(life.start(now: now) == [.prepare])
            return
        }
        #expect(
            life.start(now: now) == [
                .event(Plan.Event(.warning, reason: "UnsupportedRestartPolicy", message: message)), .release,
            ])
        let status = life.status(hostIP: "127.0.0.1", podIP: nil, now: now)
        #expect(status.phase == .failed)
        #expect(status.reason == "UnsupportedRestartPolicy")
        #expect(status.message == "Pod was rejected: \(message)")
        #expect(life.handle(.deletionRequested(gracePeriod: 30), now: now) == [.deleteObject])
    }

    @Test("a pod's policy that the node does not know is refused too") func unknownPodPolicy() throws {
        #expect(try pod(restartPolicy: "Sometimes").refusal?.hasPrefix("spec.restartPolicy: \"Sometimes\"") == true)
    }

    @Test("a rule restarts a container of a pod that is otherwise never restarted") func ruleInAPod() throws {
        let now = Time(seconds: 1_000)
        let manifest = try pod(
            restartPolicy: "Never",
            spec: [
                "containers": [
                    [
                        "name": "main", "image": "image", "restartPolicy": "Never",
                        "restartPolicyRules": [Self.rule("In", [42])],
                    ]
                ]
            ])
        var life = PodLifecycle(manifest, now: now)
        _ = life.start(now: now)
        _ = life.handle(.prepared, now: now)
        let image = PodLifecycle.StartedContainer(containerID: "c", imageID: "i")
        _ = life.handle(.started(container: "main", image: image), now: now)
        #expect(
            life.handle(.exited(container: "main", .init(code: 42)), now: now) == [
                .start(container: "main", attempt: 1)
            ])
        #expect(life.phase == .running)
        _ = life.handle(.started(container: "main", image: image), now: now)
        #expect(life.handle(.exited(container: "main", .init(code: 1)), now: now) == [.release])
        #expect(life.phase == .failed)
    }
}
