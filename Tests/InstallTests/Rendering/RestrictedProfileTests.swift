import KubernetesAPI
import Testing

@Suite struct RestrictedProfileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var change: @Sendable (inout JSONValue) -> Void
        var testDescription: String { what }
    }

    private static let good: JSONValue = [
        "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
        "containers": [
            [
                "name": "c",
                "securityContext": ["allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]]],
            ]
        ],
    ]

    private static func container(_ security: JSONValue, _ more: [String: JSONValue] = [:]) -> JSONValue {
        .array([.object(["name": "c", "securityContext": security].merging(more) { $1 })])
    }

    static let bad: [Row] = [
        Row(what: "the host's network") { $0["hostNetwork"] = true },
        Row(what: "a folder of the node") { $0["volumes"] = [["name": "v", "hostPath": ["path": "/"]]] },
        Row(what: "any system call") { $0["securityContext"] = ["runAsNonRoot": true] },
        Row(what: "perhaps root") { $0["securityContext"] = ["seccompProfile": ["type": "RuntimeDefault"]] },
        Row(what: "capabilities kept") { $0["containers"] = container(["allowPrivilegeEscalation": false]) },
        Row(what: "privileges to be gained") { $0["containers"] = container(["capabilities": ["drop": ["ALL"]]]) },
        Row(what: "a port of the node") {
            $0["containers"] = container(
                ["allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]]],
                ["ports": [["containerPort": 1, "hostPort": 1]]])
        },
        Row(what: "root for one container") {
            $0["containers"] = container([
                "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]], "runAsUser": 0,
            ])
        },
        Row(what: "an init container without limits") { $0["initContainers"] = [["name": "i"]] },
    ]

    @Test func `a pod that asks for nothing passes`() {
        #expect(RestrictedProfile.violations(of: Self.good) == [])
    }

    @Test(arguments: bad) func `the profile refuses`(row: Row) {
        var spec = Self.good
        row.change(&spec)
        #expect(!RestrictedProfile.violations(of: spec).isEmpty)
    }
}
