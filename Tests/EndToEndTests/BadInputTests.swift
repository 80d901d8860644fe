import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// What people get wrong and what they then read, on a local cluster with the programs as they are shipped.
@Suite("Bad input")
struct BadInputTests {
    @Test("every row of the table is seen where it says")
    func table() async throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().path
        let programs = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().path
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "")/.cache/aerie"
        let state = FileManager.default.temporaryDirectory.appending(path: "aerie-bad-input-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: state) }
        let result = try await Subprocess.run(
            .path(FilePath("\(cache)/python/bin/python")),
            arguments: ["\(tests)/bad-input.py", programs, state],
            output: .string(limit: 16 << 20), error: .combinedWithOutput)
        #expect(result.terminationStatus.isSuccess, "\(result.standardOutput.suffix(12_000))")
        let count = try #require(result.standardOutput.firstMatch(of: /(\d+) of (\d+) rows seen/))
        #expect(count.1 == count.2)
        #expect(Int(count.2).map { $0 >= 20 } == true, "a table that is empty proves nothing")
    }
}
