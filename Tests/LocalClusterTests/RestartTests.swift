import FoundationEssentials
import Glibc
import KubernetesAPI
import KubernetesClient
import LocalCluster
import Subprocess
import SystemPackage
import Testing

/// `aerie local` as people run it: a program that may be killed at any moment.
@Suite("A cluster that is killed and started again", .serialized)
struct RestartTests {
    /// The program that was built together with these tests.
    private static func program() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let arguments = CommandLine.arguments.map { $0.split(separator: "/").dropLast().map { "/\($0)" }.joined() }
        let folders = arguments + [tests.split(separator: "/").dropLast().map { "/\($0)" }.joined()]
        return try #require(folders.map { "\($0)/aerie" }.first { Files.isExecutable($0) })
    }

    private func aerie(_ arguments: [String]) async throws -> (isSuccess: Bool, output: String) {
        let result = try await Subprocess.run(
            .path(FilePath(Self.program())), arguments: Arguments(["local"] + arguments), input: .none,
            output: .string(limit: 1 << 20), error: .combinedWithOutput)
        return (result.terminationStatus.isSuccess, result.standardOutput)
    }

    private func client(_ state: StateDirectory) throws -> KubernetesClient {
        let kubeconfig = try Kubeconfig(JSONValue(parsing: Files.read(state.kubeconfig)), directory: "/")
        return try KubernetesClient(kubeconfig.configuration())
    }

    /// Every process that was started for the cluster and still runs.
    private func processes(_ state: StateDirectory) -> [ProcessIdentity] {
        ProcessTable.withEnvironment("\(ProcessRecords.marker)=\(state.path)")
    }

    /// What it runs, in which state and in which call of the kernel.
    private func description(of process: ProcessIdentity) -> String {
        ["cmdline", "status", "wchan"].map { file in
            let text = (try? Files.readText("/proc/\(process.pid)/\(file)")) ?? ""
            return String(text.replacing("\0", with: " ").prefix(600))
        }.joined(separator: "\n")
    }

    @Test("nothing is left running, nothing stored is lost, and pods go on") func killed() async throws {
        let state = StateDirectory(path: RunningCluster.temporaryFolder())
        defer { try? Files.remove(state.path) }
        let up = ["up", "--detach", "--state", state.path, "--image", "host-shell:local=/bin/sh"]
        let started = try await aerie(up)
        #expect(started.isSuccess, "\(started.output)")
        #expect(started.output == "export KUBECONFIG=\(state.kubeconfig)\n")

        let configMap = Reference(
            Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps"), namespace: "default",
            name: "kept")
        let pod = Reference(Pod.resource, namespace: "default", name: "kept")
        try await client(state).create(Manifest(configMap, ["data": ["k": "v"]]))
        try await client(state).create(
            Manifest(
                pod,
                [
                    "spec": [
                        "containers": [
                            [
                                "name": "main", "image": "host-shell:local",
                                "args": ["-c", "while true; do sleep 0.1; done"],
                            ]
                        ]
                    ]
                ]))
        try await wait(pod, state, restarts: 0)

        let supervisor = try #require(ProcessRecords(state: state).running[ProcessRecords.supervisor])
        #expect(processes(state).count >= 5, "the four programs and a sandbox")
        supervisor.send(SIGKILL)
        let deadline = ContinuousClock.now + .seconds(30)
        while !processes(state).isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        let orphans = processes(state)
        #expect(orphans == [], "\(orphans.map { description(of: $0) })")
        var isKnown = true
        let patience = ContinuousClock.now + .seconds(20)
        while isKnown, ContinuousClock.now < patience {
            isKnown = try await aerie(["status", "--state", state.path]).isSuccess
        }
        #expect(!isKnown, "the cluster is not running")

        let again = try await aerie(up)
        #expect(again.isSuccess, "\(again.output)")
        #expect(try await client(state).get(configMap)["data"]?["k"] == "v")
        try await wait(pod, state, restarts: 1)
        let status = try await aerie(["status", "--state", state.path])
        #expect(status.output.contains("kube-scheduler"))
        #expect(status.output.contains("kept"))
        #expect(try await !aerie(up).isSuccess, "a cluster runs once")

        let stopped = try await aerie(["down", "--state", state.path])
        #expect(stopped.output == "stopped cluster \"aerie\"\n")
        #expect(processes(state) == [])
    }

    @Test("a control plane program that dies is started again") func componentDies() async throws {
        let state = StateDirectory(path: RunningCluster.temporaryFolder())
        defer { try? Files.remove(state.path) }
        let started = try await aerie(["up", "--detach", "--state", state.path])
        #expect(started.isSuccess, "\(started.output)")
        let scheduler = try #require(ProcessRecords(state: state).running["kube-scheduler"])
        scheduler.send(SIGKILL)
        let deadline = ContinuousClock.now + .seconds(20)
        var next: ProcessIdentity?
        while next == nil || next == scheduler, ContinuousClock.now < deadline {
            next = ProcessRecords(state: state).running["kube-scheduler"]
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(next != nil && next != scheduler)
        _ = try await aerie(["down", "--state", state.path])
        #expect(processes(state) == [])
    }

    private func wait(_ pod: Reference, _ state: StateDirectory, restarts: Int) async throws {
        let client = try client(state)
        let deadline = ContinuousClock.now + .seconds(40)
        while true {
            let container = try await client.get(pod)["status"]?["containerStatuses"]?[0]
            if container?["state"]?["running"] != nil, container?["restartCount"]?.intValue == restarts { return }
            try #require(ContinuousClock.now < deadline, "\(String(describing: container))")
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
