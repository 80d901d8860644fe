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
        let demo = try await Self.run(
            "\(Self.repository)/Tests/EndToEndTests/kill-controller-once.sh",
            ["\(Self.state)/cluster/kubeconfig", "\(Self.repository)/scripts/demo"],
            [
                "AERIE_DEMO_STATE": Self.state, "AERIE_DEMO_MINIMUM": "0.80",
                "AERIE_DEMO_EXPERIMENT": "\(Self.repository)/Tests/EndToEndTests/Experiments/short.yaml",
            ])
        #expect(demo.succeeded, "\(demo.output.suffix(6_000))")
        #expect(demo.output.contains("the controller was killed while a trial ran"))
        #expect(demo.output.contains(/best trial +landsat-0000[1-3]\n/))
        #expect(demo.output.contains(/checkpoint +step [2468]00, sha256:[0-9a-f]{64}\n/))
        #expect(demo.output.contains(/image +127\.0\.0\.1:5000\/landsat@sha256:[0-9a-f]{64}\n/))
        let served = try #require(demo.output.firstMatch(of: /served accuracy +(0\.\d+)/))
        let evaluated = try #require(demo.output.firstMatch(of: /aerie-trainer evaluate +(0\.\d+)/))
        #expect(served.1 == evaluated.1)
        #expect(Self.processes(of: Self.state).isEmpty, "processes were left behind")
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
