import KubernetesAPI
import LocalCluster
import Testing

/// Init containers with `restartPolicy: Always`, in the words of the kubelet.
@Suite("Sidecars")
struct SidecarTests {
    private let now = Time(seconds: 1_000)
    private let image = PodLifecycle.StartedContainer(containerID: "aerie://c", imageID: "image@sha256:1")

    private static func plain(_ name: String) -> JSONValue { ["name": .string(name), "image": "image"] }

    private static func sidecar(_ name: String, _ more: JSONValue = [:]) -> JSONValue {
        var container = more
        container["name"] = .string(name)
        container["image"] = "image"
        container["restartPolicy"] = "Always"
        return container
    }

    private static let probe: JSONValue = ["tcpSocket": ["port": 80]]

    /// A pod with these init containers and one main container.
    private func life(
        _ initContainers: JSONValue..., policy: String = "Never", main: [String] = ["main"], status: JSONValue? = nil,
        spec: JSONValue = [:]
    ) throws -> PodLifecycle {
        var life = PodLifecycle(
            try pod(
                restartPolicy: policy, initContainers: initContainers, containers: main, spec: spec, status: status),
            now: now)
        _ = life.start(now: now)
        return life
    }

    private func deeds(_ actions: [PodLifecycle.Action]) -> [PodLifecycle.Action] {
        actions.filter { if case .event = $0 { false } else { true } }
    }

    private func reasons(_ actions: [PodLifecycle.Action]) -> [String] {
        actions.compactMap { if case .event(let event) = $0 { event.reason } else { nil } }
    }

    private func start(_ name: String, _ life: inout PodLifecycle) -> [PodLifecycle.Action] {
        deeds(life.handle(.started(container: name, image: image), now: now))
    }

    private func exit(
        _ name: String, _ code: Int, _ life: inout PodLifecycle, at time: Time? = nil
    )
        -> [PodLifecycle.Action]
    {
        deeds(life.handle(.exited(container: name, .init(code: code)), now: time ?? now))
    }

    private func initialized(_ life: inout PodLifecycle) -> PodStatus.Condition? {
        condition("Initialized", &life)
    }

    private func condition(_ type: String, _ life: inout PodLifecycle) -> PodStatus.Condition? {
        life.status(hostIP: "127.0.0.1", podIP: nil, now: now).conditions?.first { $0.type == type }
    }

    /// A pod whose sidecars and main containers all run.
    private func running(_ life: PodLifecycle) -> PodLifecycle {
        var life = life
        _ = life.handle(.prepared, now: now)
        for container in life.initContainers + life.containers { _ = start(container.name, &life) }
        return life
    }

    // MARK: The beginning

    @Test("the next container starts as soon as a sidecar without a startup probe runs") func order() throws {
        var life = try life(Self.plain("a"), Self.sidecar("s"), Self.plain("b"))
        #expect(life.handle(.prepared, now: now) == [.start(container: "a", attempt: 0)])
        #expect(start("a", &life) == [])
        #expect(exit("a", 0, &life) == [.start(container: "s", attempt: 0)])
        #expect(initialized(&life)?.status == .no)
        #expect(initialized(&life)?.message == "containers with incomplete status: [s b]")
        #expect(start("s", &life) == [.start(container: "b", attempt: 0)])
        #expect(life.phase == .pending)
        #expect(start("b", &life) == [])
        #expect(exit("b", 0, &life) == [.start(container: "main", attempt: 0)])
        #expect(initialized(&life)?.status == .yes)
        #expect(life.phase == .pending)
        #expect(start("main", &life) == [])
        #expect(life.phase == .running)
    }

    @Test("a sidecar with a startup probe holds the next one up until it passes") func startupProbe() throws {
        var life = try life(Self.sidecar("s", ["startupProbe": Self.probe, "readinessProbe": Self.probe]))
        _ = life.handle(.prepared, now: now)
        #expect(start("s", &life) == [])
        var status = life.status(hostIP: "127.0.0.1", podIP: nil, now: now)
        #expect(status.initContainerStatuses?[0].started == false)
        #expect(status.initContainerStatuses?[0].ready == false)
        #expect(status.phase == .pending)
        #expect(initialized(&life)?.status == .no)
        let passed = PodLifecycle.Event.probed(container: "s", .startup, passed: true, message: "")
        #expect(life.handle(passed, now: now) == [.start(container: "main", attempt: 0)])
        status = life.status(hostIP: "127.0.0.1", podIP: nil, now: now)
        #expect(status.initContainerStatuses?[0].started == true)
        #expect(status.initContainerStatuses?[0].ready == false, "its readiness probe has not answered")
        #expect(initialized(&life)?.status == .yes)
    }

    @Test("a sidecar that fails its startup probe is stopped and started again") func startupFailure() throws {
        var life = try life(Self.sidecar("s", ["startupProbe": Self.probe]))
        _ = life.handle(.prepared, now: now)
        _ = start("s", &life)
        let failed = PodLifecycle.Event.probed(container: "s", .startup, passed: false, message: "refused")
        let actions = life.handle(failed, now: now)
        #expect(deeds(actions) == [.stop(container: "s", gracePeriod: 30)])
        #expect(reasons(actions) == ["Unhealthy", "Killing"])
        #expect(exit("s", 143, &life) == [.start(container: "s", attempt: 1)])
        #expect(life.phase == .pending)
    }

    @Test("a sidecar that crashes before it is started backs off, says so, and the pod waits") func crashing() throws {
        var life = try life(Self.sidecar("s", ["startupProbe": Self.probe]))
        _ = life.handle(.prepared, now: now)
        var delays: [Duration] = []
        for attempt in 0..<4 {
            _ = start("s", &life)
            let actions = life.handle(.exited(container: "s", .init(code: 0)), now: now)
            for case .wait(_, _, let delay) in actions { delays.append(delay) }
            guard attempt > 0 else { continue }
            #expect(reasons(actions) == ["BackOff"])
            let waiting = life.status(hostIP: "127.0.0.1", podIP: nil, now: now).initContainerStatuses?[0]
            #expect(waiting?.state.waiting?.reason == "CrashLoopBackOff")
            #expect(waiting?.lastState.terminated?.exitCode == 0)
            #expect(
                life.handle(.waited(container: "s", attempt: attempt), now: now)
                    == [.start(container: "s", attempt: attempt + 1)])
        }
        #expect(delays == [.seconds(10), .seconds(20), .seconds(40)])
        #expect(life.phase == .pending)
        #expect(life.initContainers[0].restartCount == 4)
    }

    // MARK: The middle

    @Test(
        "a sidecar that ends is restarted, whatever the pod's policy and its exit code, and holds nobody up",
        arguments: ["Always", "OnFailure", "Never"], [0, 1])
    func restart(policy: String, code: Int) throws {
        var life = running(try life(Self.sidecar("s"), policy: policy))
        #expect(condition("Ready", &life)?.status == .yes)
        #expect(exit("s", code, &life) == [.start(container: "s", attempt: 1)])
        #expect(life.phase == .running)
        #expect(initialized(&life)?.status == .yes, "what was initialized stays so")
        #expect(condition("Ready", &life)?.status == .no)
        #expect(condition("Ready", &life)?.message == "containers with unready status: [s]")
        _ = start("s", &life)
        #expect(condition("Ready", &life)?.status == .yes)
    }

    @Test("an init container goes on while an earlier sidecar is restarted") func restartDuringInit() throws {
        var life = try life(Self.sidecar("s"), Self.plain("a"))
        _ = life.handle(.prepared, now: now)
        #expect(start("s", &life) == [.start(container: "a", attempt: 0)])
        _ = start("a", &life)
        #expect(exit("s", 1, &life) == [.start(container: "s", attempt: 1)])
        #expect(exit("a", 0, &life) == [.start(container: "main", attempt: 0)], "though the sidecar is starting")
        #expect(start("main", &life) == [])
        #expect(life.phase == .running)
    }

    @Test("readiness of a sidecar counts for the pod; a failing liveness probe restarts it") func probes() throws {
        var life = running(
            try life(Self.sidecar("s", ["readinessProbe": Self.probe, "livenessProbe": Self.probe])))
        #expect(condition("Ready", &life)?.message == "containers with unready status: [s]")
        #expect(condition("ContainersReady", &life)?.status == .no)
        _ = life.handle(.probed(container: "s", .readiness, passed: true, message: ""), now: now)
        #expect(condition("Ready", &life)?.status == .yes)
        let failed = PodLifecycle.Event.probed(container: "s", .liveness, passed: false, message: "refused")
        #expect(deeds(life.handle(failed, now: now)) == [.stop(container: "s", gracePeriod: 30)])
        #expect(exit("s", 137, &life) == [.start(container: "s", attempt: 1)])
    }

    // MARK: The end

    struct End: CustomTestStringConvertible {
        var name: String
        var policy: String
        var code: Int
        var sidecarCode: Int
        var phase: Pod.Phase
        var testDescription: String { name }
    }

    static let ends = [
        End(name: "success, and a killed sidecar", policy: "Never", code: 0, sidecarCode: 137, phase: .succeeded),
        End(name: "failure, and an orderly sidecar", policy: "Never", code: 3, sidecarCode: 0, phase: .failed),
        End(name: "success on failure only", policy: "OnFailure", code: 0, sidecarCode: 1, phase: .succeeded),
    ]

    @Test("what the main containers did is the pod's phase; sidecars end after them", arguments: ends)
    func end(row: End) throws {
        var life = running(
            try life(Self.sidecar("s1"), Self.sidecar("s2"), policy: row.policy, main: ["main", "other"]))
        #expect(exit("other", 0, &life) == [], "one main container still runs")
        let last = life.handle(.exited(container: "main", .init(code: row.code)), now: now)
        #expect(deeds(last) == [.stop(container: "s2", gracePeriod: 30)], "the last sidecar first")
        #expect(reasons(last) == ["Killing"])
        #expect(life.phase == .running, "a pod with a process is not over")
        #expect(!life.isFinished)
        #expect(
            exit("s2", row.sidecarCode, &life, at: now.advanced(bySeconds: 10))
                == [.stop(container: "s1", gracePeriod: 20)], "in what is left of the grace period")
        #expect(exit("s1", row.sidecarCode, &life, at: now.advanced(bySeconds: 11)) == [.release])
        #expect(life.phase == row.phase)
        let status = life.status(hostIP: "127.0.0.1", podIP: nil, now: now)
        #expect(status.initContainerStatuses?.map(\.state.terminated?.exitCode) == [row.sidecarCode, row.sidecarCode])
        #expect(initialized(&life)?.status == .yes)
    }

    @Test("sidecars go on while a main container is restarted") func mainRestarts() throws {
        var life = running(try life(Self.sidecar("s"), policy: "OnFailure"))
        #expect(exit("main", 1, &life) == [.start(container: "main", attempt: 1)])
        _ = start("main", &life)
        let again = exit("main", 1, &life)
        #expect(again == [.wait(container: "main", attempt: 1, for: .seconds(10))], "the sidecar goes on meanwhile")
        #expect(life.phase == .running)
    }

    @Test("a sidecar in back-off does not keep the pod, and is shown as it ended") func backoffAtTheEnd() throws {
        var life = running(try life(Self.sidecar("s")))
        _ = exit("s", 1, &life)
        _ = start("s", &life)
        #expect(exit("s", 7, &life) == [.wait(container: "s", attempt: 1, for: .seconds(10))])
        #expect(exit("main", 0, &life) == [.release])
        #expect(life.phase == .succeeded)
        let status = life.status(hostIP: "127.0.0.1", podIP: nil, now: now)
        #expect(status.initContainerStatuses?[0].state.terminated?.exitCode == 7)
        #expect(life.handle(.waited(container: "s", attempt: 1), now: now) == [])
    }

    @Test("what takes the whole grace period leaves the rest a moment, all at once") func graceUsedUp() throws {
        var life = running(
            try life(Self.sidecar("s1"), Self.sidecar("s2"), spec: ["terminationGracePeriodSeconds": 5]))
        _ = life.handle(.deletionRequested(gracePeriod: 5), now: now)
        #expect(
            exit("main", 137, &life, at: now.advanced(bySeconds: 5)) == [
                .stop(container: "s2", gracePeriod: 2), .stop(container: "s1", gracePeriod: 2),
            ])
    }

    @Test("a deleted pod ends its main containers first, then its sidecars in reverse order") func deletion() throws {
        var life = running(try life(Self.sidecar("s1"), Self.sidecar("s2"), main: ["a", "b"]))
        #expect(
            deeds(life.handle(.deletionRequested(gracePeriod: 9), now: now)) == [
                .stop(container: "a", gracePeriod: 9), .stop(container: "b", gracePeriod: 9),
            ])
        #expect(exit("a", 143, &life) == [])
        #expect(exit("s1", 1, &life) == [], "nothing is restarted any more")
        #expect(exit("b", 0, &life, at: now.advanced(bySeconds: 4)) == [.stop(container: "s2", gracePeriod: 5)])
        #expect(exit("s2", 0, &life) == [.release, .deleteObject])
    }

    @Test("a pod that is deleted while it initializes ends in the same order") func deletionDuringInit() throws {
        var life = try life(Self.sidecar("s"), Self.plain("a"))
        _ = life.handle(.prepared, now: now)
        _ = start("s", &life)
        _ = start("a", &life)
        #expect(
            deeds(life.handle(.deletionRequested(gracePeriod: 9), now: now)) == [.stop(container: "a", gracePeriod: 9)])
        #expect(exit("a", 143, &life) == [.stop(container: "s", gracePeriod: 9)])
        #expect(exit("s", 143, &life) == [.release, .deleteObject])
    }

    @Test("a shorter grace period holds for sidecars too; none means at once") func shorterGrace() throws {
        var life = running(try life(Self.sidecar("s1"), Self.sidecar("s2")))
        _ = life.handle(.deletionRequested(gracePeriod: 30), now: now)
        #expect(
            deeds(life.handle(.deletionRequested(gracePeriod: 3), now: now)) == [
                .stop(container: "main", gracePeriod: 3)
            ]
        )
        #expect(
            deeds(life.handle(.objectGone, now: now)) == [
                .stop(container: "main", gracePeriod: 0), .stop(container: "s2", gracePeriod: 0),
                .stop(container: "s1", gracePeriod: 0),
            ])
    }

    @Test("hooks of sidecars run from the beginning of the end, their signal waits for its turn") func hooks() throws {
        let hook: JSONValue = ["lifecycle": ["preStop": ["exec": ["command": ["true"]]]]]
        var life = running(try life(Self.sidecar("s1", hook), Self.sidecar("s2"), Self.sidecar("s3", hook)))
        #expect(
            deeds(life.handle(.deletionRequested(gracePeriod: 9), now: now)) == [
                .stop(container: "main", gracePeriod: 9), .runStopHook(container: "s1", timeout: 9),
                .runStopHook(container: "s3", timeout: 9),
            ])
        #expect(exit("main", 0, &life) == [.stop(container: "s3", gracePeriod: 9)])
        #expect(exit("s3", 0, &life) == [.stop(container: "s2", gracePeriod: 9)])
    }

    @Test("an init container that fails for good ends the sidecars before the pod fails") func initFailure() throws {
        var life = try life(Self.sidecar("s"), Self.plain("a"))
        _ = life.handle(.prepared, now: now)
        _ = start("s", &life)
        _ = start("a", &life)
        #expect(exit("a", 2, &life) == [.stop(container: "s", gracePeriod: 30)])
        #expect(life.phase == .pending)
        #expect(exit("s", 143, &life) == [.release])
        #expect(life.phase == .failed)
        #expect(initialized(&life)?.status == .no)
    }

    @Test("a pod past its deadline ends its sidecars last and fails when they have ended") func deadline() throws {
        var life = running(try life(Self.sidecar("s"), spec: ["activeDeadlineSeconds": 60]))
        #expect(deeds(life.handle(.deadlinePassed, now: now)) == [.stop(container: "main", gracePeriod: 30)])
        #expect(exit("main", 0, &life) == [.stop(container: "s", gracePeriod: 30)])
        #expect(life.phase == .running)
        #expect(exit("s", 0, &life) == [.release])
        #expect(life.phase == .failed)
        #expect(life.status(hostIP: "127.0.0.1", podIP: nil, now: now).reason == "DeadlineExceeded")
    }

    @Test("when the node agent ends, sidecars end last, and all go on later") func nodeStopping() throws {
        var life = running(try life(Self.sidecar("s")))
        #expect(
            deeds(life.handle(.nodeStopping(gracePeriod: 5), now: now)) == [.stop(container: "main", gracePeriod: 5)])
        #expect(exit("main", 143, &life) == [.stop(container: "s", gracePeriod: 5)])
        #expect(exit("s", 143, &life) == [.forget])
    }

    @Test("after a restart of the node agent sidecars are started again before the main containers") func restored()
        throws
    {
        func ran(_ name: String) -> JSONValue {
            [
                "name": .string(name), "image": "image", "imageID": "", "ready": true, "restartCount": 0,
                "lastState": [:], "state": ["running": ["startedAt": "1970-01-01T00:11:00Z"]],
            ]
        }
        let status: JSONValue = [
            "phase": "Running", "startTime": "1970-01-01T00:10:00Z", "initContainerStatuses": [ran("s")],
            "containerStatuses": [ran("main")],
        ]
        var life = try life(Self.sidecar("s"), policy: "OnFailure", status: status)
        #expect(life.phase == .running)
        #expect(initialized(&life)?.status == .yes)
        #expect(life.handle(.prepared, now: now) == [.start(container: "s", attempt: 1)])
        #expect(start("s", &life) == [.start(container: "main", attempt: 1)])
    }

    @Test("a hook after the start that fails is told and ends the run") func startHook() throws {
        var life = try life(Self.sidecar("s", ["lifecycle": ["postStart": ["exec": ["command": ["false"]]]]]))
        _ = life.handle(.prepared, now: now)
        let actions = life.handle(.startHookFailed(container: "s", message: "no"), now: now)
        #expect(deeds(actions) == [.stop(container: "s", gracePeriod: 30)])
        #expect(reasons(actions) == ["FailedPostStartHook"])
        #expect(exit("s", 143, &life) == [.start(container: "s", attempt: 1)])
    }
}
