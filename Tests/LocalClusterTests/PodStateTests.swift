import KubernetesAPI
import LocalCluster
import Testing

@Suite("What a pod waits for, in a word")
struct PodStateTests {
    private static let sidecar: JSONValue = ["initContainers": [["name": "s", "restartPolicy": "Always"]]]

    private static func waiting(_ reason: String, _ name: String = "s") -> JSONValue {
        ["name": .string(name), "state": ["waiting": ["reason": .string(reason)]]]
    }

    private static func running(started: Bool) -> JSONValue {
        ["name": "s", "started": .bool(started), "state": ["running": [:]]]
    }

    static let rows: [(String, JSONValue)] = [
        ("Pending", ["metadata": [:]]),
        ("Running", ["status": ["phase": "Running", "containerStatuses": [["state": ["running": [:]]]]]]),
        (
            "CrashLoopBackOff",
            ["status": ["phase": "Running", "containerStatuses": [waiting("CrashLoopBackOff", "main")]]]
        ),
        ("Terminating", ["metadata": ["deletionTimestamp": "2026-01-01T00:00:00Z"], "status": ["phase": "Running"]]),
        ("UnsupportedRestartPolicy", ["status": ["phase": "Failed", "reason": "UnsupportedRestartPolicy"]]),
        (
            "Init:CrashLoopBackOff",
            [
                "spec": sidecar,
                "status": [
                    "phase": "Pending", "initContainerStatuses": [waiting("CrashLoopBackOff")],
                    "containerStatuses": [waiting("PodInitializing", "main")],
                ],
            ]
        ),
        (
            "Init:0/1",
            ["spec": sidecar, "status": ["phase": "Pending", "initContainerStatuses": [running(started: false)]]]
        ),
        (
            "ContainerCreating",
            [
                "spec": sidecar,
                "status": [
                    "phase": "Pending", "initContainerStatuses": [running(started: true)],
                    "containerStatuses": [waiting("ContainerCreating", "main")],
                ],
            ]
        ),
        (
            "Running",
            [
                "spec": sidecar,
                "status": [
                    "phase": "Running", "conditions": [["type": "Initialized", "status": "True"]],
                    "initContainerStatuses": [waiting("CrashLoopBackOff")],
                ],
            ]
        ),
        (
            "Init:Error",
            ["status": ["initContainerStatuses": [["state": ["terminated": ["exitCode": 1, "reason": "Error"]]]]]]
        ),
    ]

    @Test(arguments: rows) func state(words: String, pod: JSONValue) {
        #expect(PodState.words(pod) == words)
    }
}
