import KubernetesAPI
import LocalCluster
import Testing

/// The API server accepts numbers that overflow when they are added or multiplied; none may end the node.
@Suite("Numbers in pods")
struct PodNumbersTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var spec: JSONValue = [:]
        var metadata: JSONValue = [:]
        var status: JSONValue?
        var testDescription: String { name }
    }

    static let extremes: [JSONValue] = [
        .init(Int.min), -1, 0, 2_147_483_647, 2_147_483_648, .init(Int.max),
    ]

    static let rows: [Row] = extremes.flatMap { number -> [Row] in
        let probe: JSONValue = [
            "tcpSocket": ["port": number], "initialDelaySeconds": number, "timeoutSeconds": number,
            "periodSeconds": number, "successThreshold": number, "failureThreshold": number,
        ]
        let container: JSONValue = [
            "name": "main", "image": "image", "startupProbe": probe, "livenessProbe": probe, "readinessProbe": probe,
            "ports": [["containerPort": number, "hostPort": number]],
            "securityContext": ["runAsUser": number, "runAsGroup": number],
            "resources": ["limits": ["cpu": number, "memory": number]],
            "lifecycle": ["preStop": ["sleep": ["seconds": number]]], "restartPolicy": "Never",
            "restartPolicyRules": [["action": "Restart", "exitCodes": ["operator": "In", "values": [number]]]],
        ]
        return [
            Row(
                name: "\(number) in the spec",
                spec: [
                    "terminationGracePeriodSeconds": number, "activeDeadlineSeconds": number,
                    "securityContext": ["runAsUser": number, "fsGroup": number],
                    "tolerations": [["operator": "Exists", "tolerationSeconds": number]], "priority": number,
                    "containers": [container],
                ]),
            Row(
                name: "a deletion within \(number) seconds",
                metadata: [
                    "deletionTimestamp": "1970-01-01T00:16:40Z", "deletionGracePeriodSeconds": number,
                ]),
            Row(
                name: "\(number) restarts, and the first of all days",
                spec: ["activeDeadlineSeconds": number],
                status: [
                    "phase": "Running", "startTime": "9999-12-31T23:59:59Z",
                    "containerStatuses": [
                        [
                            "name": "main", "image": "image", "imageID": "", "ready": true, "restartCount": number,
                            "lastState": [:], "state": ["running": ["startedAt": "0000-01-01T00:00:00Z"]],
                        ]
                    ],
                ]),
        ]
    }

    @Test("a pod with any number lives and ends", arguments: rows) func life(row: Row) throws {
        let now = Time(seconds: 1_000)
        var life = PodLifecycle(try pod(spec: row.spec, metadata: row.metadata, status: row.status), now: now)
        var actions = life.start(now: now)
        actions += life.handle(.prepared, now: now)
        let image = PodLifecycle.StartedContainer(containerID: "c", imageID: "i")
        actions += life.handle(.started(container: "main", image: image), now: now)
        for kind in PodLifecycle.ProbeKind.allCases {
            for passed in [true, false] {
                actions += life.handle(.probed(container: "main", kind, passed: passed, message: ""), now: now)
            }
        }
        for code in [Int.min, 0, Int.max] {
            actions += life.handle(.exited(container: "main", .init(code: code)), now: now)
            actions += life.handle(
                .waited(container: "main", attempt: life.containers[0].restartCount), now: now)
            actions += life.handle(.started(container: "main", image: image), now: now)
        }
        for number in Self.extremes {
            guard let seconds = number.intValue else { continue }
            actions += life.handle(.deletionRequested(gracePeriod: seconds), now: now)
            actions += life.handle(.nodeStopping(gracePeriod: seconds), now: now)
        }
        actions += life.handle(.exited(container: "main", .init(code: 143)), now: now)
        actions += life.handle(.objectGone, now: now)
        let restarts = life.status(hostIP: "127.0.0.1", podIP: nil, now: now).containerStatuses?[0].restartCount ?? -1
        #expect((0...Int(Int32.max)).contains(restarts))
        #expect(actions.contains(.forget))
        for action in actions {
            switch action {
            case .stop(_, let seconds), .runStopHook(_, let seconds):
                #expect((0...ManifestSeconds.longest).contains(seconds))
            case .wait(_, _, let time), .awaitDeadline(let time):
                #expect((.zero ... .seconds(ManifestSeconds.longest)).contains(time))
            default: break
            }
        }
    }

    @Test(
        "seconds are what can be waited for",
        arguments: [
            (Int.min, 0), (-1, 0), (0, 0), (30, 30), (2_147_483_647, ManifestSeconds.longest),
            (Int.max, ManifestSeconds.longest),
        ])
    func bounded(seconds: Int, result: Int) {
        #expect(ManifestSeconds.bounded(seconds) == result)
        #expect(Duration.bounded(seconds: seconds) == .seconds(result))
    }
}
