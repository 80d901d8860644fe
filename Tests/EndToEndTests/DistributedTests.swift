import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// TFJobs of several replicas under the real operator, on the local node, with TensorFlow's own servers.
@Suite("Distributed training on a local cluster")
struct DistributedTests {
    @Test("all-reduce and parameter servers train as one task does, though a worker is killed on the way")
    func examples() async throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().path
        let programs = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().path
        let state = FileManager.default.temporaryDirectory.appending(path: "aerie-distributed-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: state) }
        let result = try await Subprocess.run(
            .path(FilePath("\(tests)/distributed.sh")), arguments: [programs, state],
            output: .string(limit: 16 << 20), error: .combinedWithOutput)
        let output = result.standardOutput
        #expect(result.terminationStatus.isSuccess, "\(output.suffix(6_000))")
        #expect(output.contains("worker 1 was killed\n"))
        // The restart policy made a new pod; no other task was started again.
        #expect(output.contains("worker 1 is another pod\n"))
        #expect(output.contains("the chief went on from a checkpoint\n"))
        #expect(output.contains("attempts of all-reduce: 1\n"))
        #expect(output.contains(/parameter-server-ps-0 +Succeeded/))
        let alone = try Self.accuracy("alone", in: output)
        #expect(alone > 0.8)
        // The evaluator ended by itself.
        #expect(output.contains("pod/evaluator-evaluator-0 condition met\n"))
        #expect(output.contains(/evaluations: [1-9]/))
        for job in ["all-reduce", "parameter-server", "evaluator"] {
            let accuracy = try Self.accuracy(job, in: output)
            // Sums are rounded differently, which may turn the class of a record or two of the 887.
            #expect(abs(accuracy - alone) <= 0.005, "\(job): \(accuracy), alone \(alone)")
        }
    }

    private static func accuracy(_ name: String, in output: String) throws -> Double {
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("accuracy \(name) ") }, "\(output)")
        return try #require(Double(line.split(separator: " ").last ?? ""))
    }
}
