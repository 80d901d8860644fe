import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import LocalCluster
import Logging
import Synchronization
import Testing

/// Pods with fields that the API server of the tests does not know, run by the node's worker with real processes.
///
/// Kubernetes 1.20 drops `restartPolicy` of a container, so such a pod is handed to the worker directly; what the worker
/// writes goes to an API server in memory.
@Suite("Pods of current Kubernetes, as processes", .timeLimit(.minutes(5)))
struct SidecarProcessTests {
    /// What the node wrote about one pod.
    private final class Written: Sendable {
        private let requests = Mutex<[HTTPRequest]>([])
        private let statuses = Mutex<[JSONValue]>([])
        private let events = Mutex<[JSONValue]>([])
        private let isDeleted = Mutex(false)

        var status: JSONValue? { statuses.withLock(\.last) }
        var history: [JSONValue] { statuses.withLock { $0 } }
        var isGone: Bool { isDeleted.withLock { $0 } }
        var messages: [String] { events.withLock { $0 }.compactMap { $0["message"]?.stringValue } }
        var reasons: Set<String> { Set(events.withLock { $0 }.compactMap { $0["reason"]?.stringValue }) }

        func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
            let body = try await request.body.collect(upTo: 1 << 20)
            let json = body.isEmpty ? JSONValue.null : try JSONValue(parsing: body)
            switch request.method {
            case .patch where request.url.contains("/status"): statuses.withLock { $0.append(json["status"] ?? .null) }
            case .post where request.url.contains("/events"): events.withLock { $0.append(json) }
            case .delete: isDeleted.withLock { $0 = true }
            default: break
            }
            return HTTPResponse(status: request.method == .post ? 201 : 200, body: HTTPBody(json.serialized))
        }
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The pod while it runs.
    private struct Running {
        var worker: PodWorker
        var written: Written
        /// A folder that all containers see as `/out`.
        var folder: String

        var lines: [String] {
            ((try? Files.readText("\(folder)/lines")) ?? "").split(separator: "\n").map(String.init)
        }

        @discardableResult
        func wait(_ what: String, until holds: (JSONValue) -> Bool) async throws -> JSONValue {
            let deadline = ContinuousClock.now + .seconds(60)
            while true {
                if let status = written.status, holds(status) { return status }
                guard ContinuousClock.now < deadline else {
                    throw Failure(
                        description: "the pod is not \(what): \(written.status ?? .null), \(lines), \(written.reasons)")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        func wait(line: String) async throws { try await wait("at \(line)") { _ in lines.contains(line) } }

        func wait(phase: String) async throws -> JSONValue {
            try await wait(phase) { $0["phase"]?.stringValue == phase }
        }
    }

    /// A container that runs a script.
    private static func shell(_ name: String, _ script: String, _ more: JSONValue = [:]) -> JSONValue {
        var container = more
        container["name"] = .string(name)
        container["image"] = "host-shell:local"
        container["args"] = ["-c", .string(script)]
        container["volumeMounts"] = [["name": "out", "mountPath": "/out"]]
        return container
    }

    private static func sidecar(_ name: String, _ script: String, _ more: JSONValue = [:]) -> JSONValue {
        var container = shell(name, script, more)
        container["restartPolicy"] = "Always"
        return container
    }

    /// Says that it began, waits to be asked to end, and says so.
    private static func loop(_ name: String) -> String {
        """
        trap 'echo \(name) ends >> /out/lines; exit 3' TERM; echo \(name) runs >> /out/lines; \
        while true; do sleep 0.05; done
        """
    }

    /// A node whose API server is in memory; `answer` is asked first.
    private func withNode(
        answering answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse?,
        _ body: (NodeContext, Written) async throws -> Void
    ) async throws {
        let state = StateDirectory(path: RunningCluster.temporaryFolder())
        try state.create()
        defer { try? Files.remove(state.path) }
        var images = ImageTable()
        try images.add(argument: "host-shell:local=/bin/sh", workingDirectory: "/")
        let written = Written()
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            if let response = answer(request) { return response }
            do {
                return try await written.answer(request)
            } catch {
                throw HTTPTransportError(.unreachable, "\(error)")
            }
        }
        let context = NodeContext(
            name: "node", state: state,
            client: KubernetesClient(configuration: ClientConfiguration(server: ""), transport: transport),
            images: try LocalImages(table: images, state: state), backoff: ContainerBackoff(base: .milliseconds(200)),
            apiServerPort: 1, allocatable: [:],
            programs: try SandboxPrograms(environment: ProcessInfo.processInfo.environment), now: SystemClock.now,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await body(context, written)
    }

    private func withPod(
        _ spec: JSONValue, images: (any ImageProvider)? = nil, _ body: (Running) async throws -> Void
    ) async throws {
        try await withNode(answering: { _ in nil }) { context, written in
            var context = context
            if let images { context.images = images }
            let folder = "\(context.state.path)/out"
            try Files.createFolder(folder, mode: 0o777)
            var complete = spec
            let out: JSONValue = ["name": "out", "hostPath": ["path": .string(folder)]]
            complete["volumes"] = .array([out] + (spec["volumes"]?.arrayValue ?? []))
            let manifest = try pod(
                restartPolicy: spec["restartPolicy"]?.stringValue ?? "Never",
                initContainers: spec["initContainers"]?.arrayValue ?? [], spec: complete)
            let worker = PodWorker(
                manifest, context: context, addresses: PodAddresses(state: context.state),
                probes: try AsyncHTTPTransport()
            ) {}
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await worker.run() }
                defer { worker.post(.objectGone) }
                try await body(Running(worker: worker, written: written, folder: folder))
            }
        }
    }

    private func initStatus(_ status: JSONValue, _ index: Int = 0) -> JSONValue? {
        status["initContainerStatuses"]?[index]
    }

    @Test("a sidecar runs beside the pod's work, and ends after it in reverse order") func lifetime() async throws {
        let spec: JSONValue = [
            "initContainers": [
                Self.sidecar("s1", Self.loop("s1")), Self.sidecar("s2", Self.loop("s2")),
                Self.shell("once", "until grep -q 's2 runs' /out/lines; do sleep 0.05; done; echo once >> /out/lines"),
            ],
            "containers": [
                Self.shell("main", "until grep -q 's1 runs' /out/lines; do sleep 0.05; done; echo main >> /out/lines")
            ],
        ]
        try await withPod(spec) { pod in
            let status = try await pod.wait(phase: "Succeeded")
            #expect(pod.lines.suffix(4) == ["once", "main", "s2 ends", "s1 ends"])
            #expect(Set(pod.lines.prefix(2)) == ["s1 runs", "s2 runs"])
            for index in 0...1 {
                #expect(initStatus(status, index)?["state"]?["terminated"]?["exitCode"] == 3)
                #expect(initStatus(status, index)?["restartCount"] == 0)
            }
            let running = pod.written.history.first { $0["phase"] == "Running" }
            #expect(running.flatMap { initStatus($0) }?["started"] == true)
            #expect(running.flatMap { initStatus($0) }?["ready"] == true)
        }
    }

    @Test("a startup probe holds the next container up; the pod is ready when its sidecars are") func probes()
        async throws
    {
        let probe = { (file: String) -> JSONValue in
            [
                "exec": ["command": ["/bin/sh", "-c", .string("test -e /out/\(file)")]], "periodSeconds": 1,
                "failureThreshold": 1_000, "timeoutSeconds": 5,
            ]
        }
        let spec: JSONValue = [
            "initContainers": [
                Self.sidecar(
                    "s", Self.loop("s"), ["startupProbe": probe("started"), "readinessProbe": probe("ready")])
            ],
            "containers": [Self.shell("main", Self.loop("main"))],
        ]
        try await withPod(spec) { pod in
            try await pod.wait(line: "s runs")
            try await Task.sleep(for: .seconds(1))
            #expect(pod.lines == ["s runs"], "the main container waits")
            #expect(pod.written.status.flatMap { initStatus($0) }?["started"] == false)
            #expect(pod.written.status?["phase"] == "Pending")
            try Files.write("", to: "\(pod.folder)/started")
            try await pod.wait(line: "main runs")
            let status = try await pod.wait(phase: "Running")
            let ready = { (status: JSONValue) in
                status["conditions"]?.arrayValue?.first { $0["type"] == "Ready" }?["status"]?.stringValue
            }
            #expect(ready(status) == "False")
            try Files.write("", to: "\(pod.folder)/ready")
            try await pod.wait("ready") { ready($0) == "True" }
        }
    }

    @Test("a sidecar that crashes is restarted while the pod works, and people are told") func crashes() async throws {
        let spec: JSONValue = [
            "initContainers": [Self.sidecar("s", "echo run >> /out/lines; exit 1")],
            "containers": [
                Self.shell("main", "until test $(grep -c run /out/lines) -ge 4; do sleep 0.05; done")
            ],
        ]
        try await withPod(spec) { pod in
            try await pod.wait("backing off") {
                initStatus($0)?["state"]?["waiting"]?["reason"] == "CrashLoopBackOff"
            }
            let status = try await pod.wait(phase: "Succeeded")
            #expect((initStatus(status)?["restartCount"]?.intValue ?? 0) >= 3)
            #expect(pod.written.reasons.contains("BackOff"))
        }
    }

    @Test("a deleted pod ends its work, then its sidecars, hooks first, and its object last") func deletion()
        async throws
    {
        let hook: JSONValue = [
            "preStop": ["exec": ["command": ["/bin/sh", "-c", "echo $WORD >> /out/lines"]]],
            "postStart": ["exec": ["command": ["/bin/sh", "-c", "echo after start >> /out/lines"]]],
        ]
        let slow = """
            trap 'sleep 1; echo main ends >> /out/lines; exit 0' TERM; echo main runs >> /out/lines; \
            while true; do sleep 0.05; done
            """
        let spec: JSONValue = [
            "initContainers": [
                Self.sidecar("s", Self.loop("s"), ["lifecycle": hook, "env": [["name": "WORD", "value": "hook"]]])
            ],
            "containers": [Self.shell("main", slow)],
        ]
        try await withPod(spec) { pod in
            try await pod.wait(line: "main runs")
            #expect(pod.lines.contains("after start"))
            pod.worker.post(.deletionRequested(gracePeriod: 20))
            try await pod.wait("gone") { _ in pod.written.isGone }
            #expect(pod.lines.suffix(4) == ["main runs", "hook", "main ends", "s ends"])
            #expect(pod.lines.filter { $0 == "hook" }.count == 1)
        }
    }

    @Test("a sidecar that ignores SIGTERM is killed after the grace period and does not fail the pod") func stubborn()
        async throws
    {
        let spec: JSONValue = [
            "initContainers": [
                Self.sidecar("s", "trap '' TERM; echo s runs >> /out/lines; while true; do sleep 0.05; done")
            ],
            "containers": [Self.shell("main", "until grep -q 's runs' /out/lines; do sleep 0.05; done")],
            "terminationGracePeriodSeconds": 2,
        ]
        try await withPod(spec) { pod in
            let status = try await pod.wait(phase: "Succeeded")
            #expect(initStatus(status)?["state"]?["terminated"]?["exitCode"] == 137)
        }
    }

    @Test("a hook after the start that fails is told, and the sidecar is tried again") func startHook() async throws {
        let once = "if test -e /out/failed; then exit 0; fi; touch /out/failed; echo sorry; exit 1"
        let spec: JSONValue = [
            "initContainers": [
                Self.sidecar(
                    "s", Self.loop("s"),
                    ["lifecycle": ["postStart": ["exec": ["command": ["/bin/sh", "-c", .string(once)]]]]])
            ],
            "containers": [Self.shell("main", "true")],
        ]
        try await withPod(spec) { pod in
            let status = try await pod.wait(phase: "Succeeded")
            #expect(initStatus(status)?["restartCount"] == 1)
            #expect(pod.written.reasons.contains("FailedPostStartHook"))
        }
    }

    @Test("rules restart a container by its exit code, other codes end the pod") func rules() async throws {
        let rule: JSONValue = ["action": "Restart", "exitCodes": ["operator": "In", "values": [42]]]
        let spec: JSONValue = [
            "containers": [
                Self.shell(
                    "main", "echo run >> /out/lines; test $(grep -c run /out/lines) -ge 3 && exit 7; exit 42",
                    ["restartPolicy": "Never", "restartPolicyRules": [rule]])
            ]
        ]
        try await withPod(spec) { pod in
            let status = try await pod.wait(phase: "Failed")
            #expect(status["containerStatuses"]?[0]?["restartCount"] == 2)
            #expect(status["containerStatuses"]?[0]?["state"]?["terminated"]?["exitCode"] == 7)
        }
    }

    @Test("a policy that the node does not know is said, not waited for") func refused() async throws {
        let spec: JSONValue = [
            "initContainers": [Self.shell("s", "true", ["restartPolicy": "Sometimes"])],
            "containers": [Self.shell("main", "true")],
        ]
        try await withPod(spec) { pod in
            let status = try await pod.wait(phase: "Failed")
            #expect(status["reason"] == "UnsupportedRestartPolicy")
            #expect(status["message"]?.stringValue?.contains("spec.initContainers[0].restartPolicy") == true)
            try await pod.wait("told") { _ in pod.written.reasons.contains("UnsupportedRestartPolicy") }
        }
    }

    @Test("a pod with the largest numbers that the API server stores runs and is deleted") func numbers() async throws {
        let probe: JSONValue = [
            "exec": ["command": ["/bin/true"]], "initialDelaySeconds": 2_147_483_647, "periodSeconds": 2_147_483_647,
            "timeoutSeconds": 2_147_483_647,
        ]
        let spec: JSONValue = [
            "terminationGracePeriodSeconds": .init(Int.max), "activeDeadlineSeconds": 2_147_483_647,
            "tolerations": [["operator": "Exists", "tolerationSeconds": .init(Int.max)]],
            "initContainers": [
                Self.sidecar("s", Self.loop("s"), ["livenessProbe": probe, "readinessProbe": probe])
            ],
            "volumes": [
                [
                    "name": "facts",
                    "downwardAPI": [
                        "defaultMode": .init(Int.min),
                        "items": [
                            ["path": "name", "mode": .init(Int.max), "fieldRef": ["fieldPath": "metadata.name"]],
                            ["path": "uid", "fieldRef": ["fieldPath": "metadata.uid"]],
                        ],
                    ],
                ]
            ],
            "containers": [
                Self.shell(
                    "main", Self.loop("main"),
                    [
                        "livenessProbe": probe,
                        "readinessProbe": ["httpGet": ["port": .init(Int.max)], "timeoutSeconds": 2_147_483_647],
                        "lifecycle": ["preStop": ["tcpSocket": ["port": .init(Int.max)]]],
                    ])
            ],
        ]
        try await withPod(spec) { pod in
            try await pod.wait(line: "main runs")
            pod.worker.post(.deletionRequested(gracePeriod: .max))
            try await pod.wait("gone") { _ in pod.written.isGone }
            #expect(pod.lines.suffix(2) == ["main ends", "s ends"])
        }
    }

    /// An image whose configuration names a user without a name.
    private struct NamelessUser: ImageProvider {
        func image(named name: String) async throws -> RunnableImage {
            RunnableImage(files: .host(paths: []), entrypoint: ["/bin/sh"], user: ":", identifier: "odd")
        }
    }

    @Test("an image with a user that is none is told, not run") func namelessUser() async throws {
        try await withPod(["containers": [Self.shell("main", "true")]], images: NamelessUser()) { pod in
            let status = try await pod.wait("refused") {
                $0["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"] == "CreateContainerConfigError"
            }
            let message = status["containerStatuses"]?[0]?["state"]?["waiting"]?["message"]?.stringValue
            #expect(message?.contains("the image has no user \":\"") == true, "\(message ?? "")")
        }
    }

    @Test("a pod that the node cannot read is told so, once") func unreadable() async throws {
        let wrong: JSONValue = [
            "metadata": ["name": "odd", "namespace": "default", "uid": "odd", "resourceVersion": "1"],
            "spec": ["nodeName": "node", "containers": "none"],
        ]
        let list: JSONValue = ["metadata": ["resourceVersion": "1"], "items": [wrong]]
        let empty: JSONValue = ["metadata": ["resourceVersion": "1"], "items": []]
        let changed: JSONValue = ["type": "MODIFIED", "object": wrong]
        let watches = Mutex<[AsyncStream<[UInt8]>.Continuation]>([])
        let answer: @Sendable (HTTPRequest) -> HTTPResponse? = { request in
            guard request.method == .get else { return nil }
            let isPods = request.url.contains("/pods")
            guard request.url.contains("watch=") else {
                return HTTPResponse(body: HTTPBody((isPods ? list : empty).serialized))
            }
            let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
            if isPods { continuation.yield(changed.serialized + [0x0A]) }
            watches.withLock { $0.append(continuation) }
            return HTTPResponse(body: HTTPBody(length: nil, chunks: chunks))
        }
        try await withNode(answering: answer) { context, written in
            let roster = PodRoster(
                context: context, addresses: PodAddresses(state: context.state), probes: try AsyncHTTPTransport())
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await roster.run() }
                let deadline = ContinuousClock.now + .seconds(20)
                while written.reasons.isEmpty, ContinuousClock.now < deadline {
                    try? await Task.sleep(for: .milliseconds(20))
                }
                try? await Task.sleep(for: .milliseconds(300))
                group.cancelAll()
            }
            #expect(written.messages.count == 1)
            #expect(written.messages.first?.contains("containers") == true, "\(written.messages)")
            #expect(written.reasons == ["UnreadablePod"])
        }
    }
}
