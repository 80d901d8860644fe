import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// The whole path, with the programs as they are shipped: control plane, node agent, controller, trainers, registry,
/// image build, server.
@Suite("From kubectl apply to a served model")
struct DemoTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let state = FileManager.default.temporaryDirectory.appending(path: "aerie-end-to-end").path

    @Test("an experiment ends with a model that scores as evaluated, though the controller is killed on the way")
    func demoWithControllerKilled() async throws {
        async let killed = Self.killControllerOnceATrialRuns()
        let demo = try await Self.run(
            "\(Self.repository)/scripts/demo", [],
            [
                "AERIE_DEMO_STATE": Self.state, "AERIE_DEMO_MINIMUM": "0.80",
                "AERIE_DEMO_EXPERIMENT": "\(Self.repository)/Tests/EndToEndTests/Experiments/short.yaml",
            ])
        #expect(demo.succeeded, "\(demo.output.suffix(6_000))")
        #expect(try await killed, "no trial was seen running")
        #expect(demo.output.contains(/best trial +landsat-0000[1-3]\n/))
        #expect(demo.output.contains(/checkpoint +step [2468]00, sha256:[0-9a-f]{64}\n/))
        #expect(demo.output.contains(/image +127\.0\.0\.1:5000\/landsat@sha256:[0-9a-f]{64}\n/))
        let served = try #require(demo.output.firstMatch(of: /served accuracy +(0\.\d+)/))
        let evaluated = try #require(demo.output.firstMatch(of: /aerie-trainer evaluate +(0\.\d+)/))
        #expect(served.1 == evaluated.1)
        #expect(Self.processes(of: Self.state).isEmpty, "processes were left behind")
    }

    /// Deletes the controller's pod without mercy while a trial runs; returns whether that happened.
    private static func killControllerOnceATrialRuns() async throws -> Bool {
        let environment = ["KUBECONFIG": "\(state)/cluster/kubeconfig"]
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(300))
            guard FileManager.default.fileExists(atPath: "\(state)/cluster/kubeconfig") else { continue }
            let trials = try await run("/usr/bin/env", ["kubectl", "get", "trials", "--no-headers"], environment)
            guard trials.succeeded, trials.output.contains("Running") else { continue }
            return try await run(
                "/usr/bin/env",
                [
                    "kubectl", "-n", "aerie-system", "delete", "pod", "-l", "app.kubernetes.io/name=aerie-controller",
                    "--force", "--grace-period=0",
                ], environment
            ).succeeded
        }
        return false
    }

    private static func run(
        _ program: String, _ arguments: [String], _ variables: [String: String]
    ) async throws -> (succeeded: Bool, output: String) {
        let updates = Dictionary(
            uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) })
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: .inherit.updating(updates),
            output: .string(limit: 16 << 20), error: .combinedWithOutput)
        return (result.terminationStatus.isSuccess, result.standardOutput)
    }

    /// The command lines of processes that mention a path.
    private static func processes(of path: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return numbers.filter { Int($0) != nil && $0 != "\(ProcessInfo.processInfo.processIdentifier)" }
            .compactMap { FileManager.default.contents(atPath: "/proc/\($0)/cmdline") }
            .map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.contains(path) }
    }
}
