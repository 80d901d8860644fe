import KubernetesAPI
import LocalCluster
import Testing

@Suite("The life of a pod")
struct PodLifecycleTests {
    private let now = Time(seconds: 1_000)
    private let image = PodLifecycle.StartedContainer(containerID: "aerie://c", imageID: "image@sha256:1")

    /// What was asked for, without the courtesy of events.
    private func deeds(_ actions: [PodLifecycle.Action]) -> [PodLifecycle.Action] {
        actions.filter { if case .event = $0 { false } else { true } }
    }

    /// A pod whose containers are all running.
    private func running(_ manifest: PodManifest, at time: Time? = nil) -> PodLifecycle {
        var life = PodLifecycle(manifest, now: time ?? now)
        _ = life.start(now: time ?? now)
        _ = life.handle(.prepared, now: time ?? now)
        for container in life.containers {
            _ = life.handle(.started(container: container.name, image: image), now: time ?? now)
        }
        return life
    }

    @Test("init containers run one after the other, then all containers") func initOrder() throws {
        var life = PodLifecycle(try pod(initContainers: ["a", "b"], containers: ["c", "d"]), now: now)
        #expect(life.start(now: now) == [.prepare])
        #expect(life.handle(.prepared, now: now) == [.start(container: "a", attempt: 0)])
        #expect(deeds(life.handle(.started(container: "a", image: image), now: now)) == [])
        #expect(life.phase == .pending)
        #expect(
            deeds(life.handle(.exited(container: "a", .init(code: 0)), now: now)) == [
                .start(container: "b", attempt: 0)
            ])
        _ = life.handle(.started(container: "b", image: image), now: now)
        #expect(
            deeds(life.handle(.exited(container: "b", .init(code: 0)), now: now)) == [
                .start(container: "c", attempt: 0), .start(container: "d", attempt: 0),
            ])
        for name in ["c", "d"] { _ = life.handle(.started(container: name, image: image), now: now) }
        #expect(life.phase == .running)
    }

    struct Ending: CustomTestStringConvertible {
        var name: String
        var policy: String
        var code: Int
        var restarts: Bool
        var phase: Pod.Phase
        var testDescription: String { name }
    }

    static let endings = [
        Ending(name: "Never, success", policy: "Never", code: 0, restarts: false, phase: .succeeded),
        Ending(name: "Never, failure", policy: "Never", code: 3, restarts: false, phase: .failed),
        Ending(name: "OnFailure, success", policy: "OnFailure", code: 0, restarts: false, phase: .succeeded),
        Ending(name: "OnFailure, failure", policy: "OnFailure", code: 3, restarts: true, phase: .running),
        Ending(name: "Always, success", policy: "Always", code: 0, restarts: true, phase: .running),
        Ending(name: "Always, failure", policy: "Always", code: 3, restarts: true, phase: .running),
    ]

    @Test("restart policies", arguments: endings) func restartPolicy(row: Ending) throws {
        var life = running(try pod(restartPolicy: row.policy))
        let actions = deeds(life.handle(.exited(container: "main", .init(code: row.code)), now: now))
        #expect(actions == (row.restarts ? [.start(container: "main", attempt: 1)] : [.release]))
        #expect(life.phase == row.phase)
        #expect(life.isFinished == !row.restarts)
    }

    @Test("a pod with two containers fails when one of them did") func oneOfTwoFails() throws {
        var life = running(try pod(restartPolicy: "Never", containers: ["a", "b"]))
        _ = life.handle(.exited(container: "a", .init(code: 1)), now: now)
        #expect(life.phase == .running)
        _ = life.handle(.exited(container: "b", .init(code: 0)), now: now)
        #expect(life.phase == .failed)
    }

    @Test("the first restart is immediate, later ones wait 10, 20, 40 … up to 300 seconds") func backoff() throws {
        var life = running(try pod())
        var delays: [Duration] = []
        for attempt in 0..<8 {
            for action in life.handle(.exited(container: "main", .init(code: 1)), now: now) {
                guard case .wait(_, let waited, let delay) = action else { continue }
                delays.append(delay)
                #expect(life.containers[0].status.state.waiting?.reason == "CrashLoopBackOff")
                #expect(
                    life.handle(.waited(container: "main", attempt: waited), now: now)
                        == [.start(container: "main", attempt: attempt + 1)])
            }
            _ = life.handle(.started(container: "main", image: image), now: now)
        }
        #expect(delays == [10, 20, 40, 80, 160, 300, 300].map { .seconds($0) })
        #expect(life.containers[0].restartCount == 8)
    }

    @Test("a container that ran for long is restarted at once again") func forgiveness() throws {
        var life = running(try pod())
        for _ in 0..<2 {
            _ = life.handle(.exited(container: "main", .init(code: 1)), now: now)
            _ = life.handle(.waited(container: "main", attempt: 1), now: now)
            _ = life.handle(.started(container: "main", image: image), now: now)
        }
        let later = now.advanced(bySeconds: 3_600)
        #expect(
            deeds(life.handle(.exited(container: "main", .init(code: 1)), now: later))
                == [.start(container: "main", attempt: 3)])
    }

    @Test("a failed init container fails a pod that is never restarted") func initFailure() throws {
        var life = PodLifecycle(try pod(restartPolicy: "Never", initContainers: ["a"]), now: now)
        _ = life.start(now: now)
        _ = life.handle(.prepared, now: now)
        _ = life.handle(.started(container: "a", image: image), now: now)
        #expect(deeds(life.handle(.exited(container: "a", .init(code: 2)), now: now)) == [.release])
        #expect(life.phase == .failed)
        #expect(life.isFinished)
    }

    @Test("a missing image is tried again with back-off, and the pod stays pending") func missingImage() throws {
        var life = PodLifecycle(try pod(), now: now)
        _ = life.start(now: now)
        _ = life.handle(.prepared, now: now)
        for delay in [10, 20, 40] {
            let failed = PodLifecycle.Event.notCreated(container: "main", reason: "ErrImagePull", message: "no such")
            #expect(
                deeds(life.handle(failed, now: now)) == [.wait(container: "main", attempt: 0, for: .seconds(delay))])
            #expect(life.phase == .pending)
            #expect(life.containers[0].status.state.waiting?.reason == "ErrImagePull")
            #expect(
                life.handle(.waited(container: "main", attempt: 0), now: now) == [.start(container: "main", attempt: 0)]
            )
        }
    }

    @Test("a deleted pod stops its containers, is not restarted, and its object goes last") func deletion() throws {
        var life = running(try pod(containers: ["a", "b"]))
        #expect(
            deeds(life.handle(.deletionRequested(gracePeriod: 7), now: now)) == [
                .stop(container: "a", gracePeriod: 7), .stop(container: "b", gracePeriod: 7),
            ])
        #expect(deeds(life.handle(.deletionRequested(gracePeriod: 7), now: now)) == [], "asked twice, done once")
        #expect(deeds(life.handle(.exited(container: "a", .init(code: 143)), now: now)) == [])
        #expect(
            deeds(life.handle(.exited(container: "b", .init(code: 143)), now: now)) == [.release, .deleteObject])
        #expect(deeds(life.handle(.objectGone, now: now)) == [.forget])
    }

    @Test("a shorter grace period counts") func shorterGrace() throws {
        var life = running(try pod())
        _ = life.handle(.deletionRequested(gracePeriod: 30), now: now)
        #expect(
            deeds(life.handle(.deletionRequested(gracePeriod: 1), now: now)) == [
                .stop(container: "main", gracePeriod: 1)
            ])
    }

    @Test("a pod that has ended is deleted at once") func deletionOfFinished() throws {
        var life = running(try pod(restartPolicy: "Never"))
        #expect(deeds(life.handle(.exited(container: "main", .init(code: 0)), now: now)) == [.release])
        #expect(deeds(life.handle(.deletionRequested(gracePeriod: 30), now: now)) == [.deleteObject])
        #expect(life.phase == .succeeded)
    }

    @Test("a pod whose object is gone is killed and forgotten") func objectGone() throws {
        var life = running(try pod())
        #expect(deeds(life.handle(.objectGone, now: now)) == [.stop(container: "main", gracePeriod: 0)])
        #expect(deeds(life.handle(.exited(container: "main", .init(code: 137)), now: now)) == [.release, .forget])
    }

    @Test("a pod past its deadline fails and says why") func deadline() throws {
        var life = PodLifecycle(try pod(spec: ["activeDeadlineSeconds": 60]), now: now)
        #expect(life.start(now: now.advanced(bySeconds: 20)) == [.awaitDeadline(.seconds(40)), .prepare])
        _ = life.handle(.prepared, now: now)
        _ = life.handle(.started(container: "main", image: image), now: now)
        #expect(deeds(life.handle(.deadlinePassed, now: now)) == [.stop(container: "main", gracePeriod: 30)])
        _ = life.handle(.exited(container: "main", .init(code: 143)), now: now)
        let status = life.status(hostIP: "127.0.0.1", podIP: nil, now: now)
        #expect(status.phase == .failed)
        #expect(status.reason == "DeadlineExceeded")
    }

    @Test("when the node agent ends, processes stop and the pod goes on later") func nodeStopping() throws {
        var life = running(try pod())
        #expect(
            deeds(life.handle(.nodeStopping(gracePeriod: 5), now: now)) == [.stop(container: "main", gracePeriod: 5)])
        #expect(deeds(life.handle(.exited(container: "main", .init(code: 143)), now: now)) == [.forget])
        #expect(life.phase == .running)
    }

    @Test("after a restart of the node agent, what ran is marked dead and started again") func restored() throws {
        let status: JSONValue = [
            "phase": "Running", "startTime": "1970-01-01T00:10:00Z",
            "containerStatuses": [
                [
                    "name": "main", "image": "image", "imageID": "", "ready": true, "restartCount": 2, "lastState": [:],
                    "state": ["running": ["startedAt": "1970-01-01T00:11:00Z"]],
                ]
            ],
        ]
        var life = PodLifecycle(try pod(status: status), now: now)
        #expect(life.containers[0].status.state.terminated?.exitCode == 137)
        #expect(life.containers[0].status.state.terminated?.reason == "ContainerStatusUnknown")
        #expect(life.startTime == Time(seconds: 600), "a pod starts once")
        #expect(life.start(now: now) == [.prepare])
        #expect(life.handle(.prepared, now: now) == [.start(container: "main", attempt: 3)])
        var once = PodLifecycle(try pod(restartPolicy: "Never", status: status), now: now)
        #expect(once.start(now: now) == [.release])
        #expect(once.phase == .failed)
    }

    @Test("readiness follows the probe; a failing liveness probe stops the container") func probes() throws {
        let probe: JSONValue = ["tcpSocket": ["port": 80]]
        var life = running(
            try pod(spec: [
                "containers": [
                    ["name": "main", "image": "image", "readinessProbe": probe, "livenessProbe": probe]
                ]
            ]))
        #expect(!life.containers[0].status.ready)
        _ = life.handle(.probed(container: "main", .readiness, passed: true, message: ""), now: now)
        #expect(life.containers[0].status.ready)
        _ = life.handle(.probed(container: "main", .readiness, passed: false, message: "no"), now: now)
        #expect(!life.containers[0].status.ready)
        let failed = PodLifecycle.Event.probed(container: "main", .liveness, passed: false, message: "refused")
        #expect(deeds(life.handle(failed, now: now)) == [.stop(container: "main", gracePeriod: 30)])
    }

    @Test("conditions change only when their status does") func conditions() throws {
        var life = running(try pod(containers: ["a", "b"]))
        func ready(_ status: PodStatus) -> PodStatus.Condition? { status.conditions?.first { $0.type == "Ready" } }
        let first = life.status(hostIP: "127.0.0.1", podIP: "127.64.1.1", now: now)
        #expect(ready(first)?.status == .yes)
        let later = now.advanced(bySeconds: 50)
        #expect(life.status(hostIP: "127.0.0.1", podIP: "127.64.1.1", now: later) == first)
        for _ in 0..<2 { _ = life.handle(.exited(container: "b", .init(code: 1)), now: later) }
        let second = life.status(hostIP: "127.0.0.1", podIP: "127.64.1.1", now: later)
        #expect(ready(second)?.status == .no)
        #expect(ready(second)?.message == "containers with unready status: [b]")
        #expect(ready(second)?.lastTransitionTime == later)
    }
}
