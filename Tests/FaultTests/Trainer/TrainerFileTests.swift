import AerieAPI
import FoundationEssentials
import TestSupport
import Testing

/// The trainer, struck at its operations on files.
@Suite(.timeLimit(.minutes(10))) struct TrainerFileTests {
    /// One of how many points is tried; all of them with `AERIE_FAULTS=all`, as `make faults` sets it.
    private static let stride = ProcessInfo.processInfo.environment["AERIE_FAULTS"] == "all" ? 1 : 7

    @Test func `a trainer killed at any operation on a file is resumed to the very same checkpoint`() async throws {
        let reference = try TinyTraining()
        defer { try? reference.remove() }
        let trace = "\(reference.folder)/trace"
        let undisturbed = try await reference.run(attempt: "a", under: FileOperations.tracer(output: trace))
        try #require(undisturbed.status == 0, "\(undisturbed.text)")
        let expected = try #require(undisturbed.result)
        // Paths are those of the reference: each try moves into the same place.
        let points = try FileOperations(trace: trace).points(in: reference.trial)
        #expect(points.count > 40)

        var killed = 0
        for point in points.enumerated().filter({ $0.offset % Self.stride == 0 }).map(\.element) {
            try FileManager.default.removeItem(atPath: reference.trial)
            let first = try await reference.run(attempt: "a", under: point.tracer("signal=KILL"))
            killed += first.status == 137 ? 1 : 0
            #expect(first.status == 137 || first.status == 0, "\(point): \(first.text)")
            let second = try await reference.run(attempt: "b")
            #expect(second.status == 0, "\(point): \(second.text)")
            #expect(second.result?.checkpoint?.digest == expected.checkpoint?.digest, "\(point)")
            #expect(second.result?.metrics == expected.metrics, "\(point)")
            #expect(second.result?.step == expected.step, "\(point)")
        }
        print("trainer: killed at \(killed) of \(points.count) points, tried every \(Self.stride)")
        #expect(killed * Self.stride >= points.count / 2)
    }
}
