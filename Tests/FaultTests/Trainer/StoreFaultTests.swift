import AerieAPI
import FoundationEssentials
import TestSupport
import Testing

/// Stores that are full, or that cannot be read.
@Suite(.timeLimit(.minutes(10))) struct StoreFaultTests {
    /// Trains in a file system of its own, so small that it is full at some point, and again once it is larger.
    private static let script = """
        folder=$1 size=$2; shift 2
        mount -t tmpfs -o size="$size" small "$folder/trial"
        "$@" && exit 99
        status=$?
        find "$folder/trial" -name '*.tmp' | sed 's/^/left over: /'
        mount -o remount,size=64m "$folder/trial"
        export AERIE_POD_UID=b AERIE_TERMINATION_LOG="$folder/termination-b"
        "$@"
        exit "$status"
        """

    @Test(arguments: [4, 12, 16, 24, 32])
    func `a trainer without room says so, leaves nothing half-written, and goes on when there is some`(
        kilobytes: Int
    ) async throws {
        let training = try TinyTraining()
        defer { try? training.remove() }
        try FileManager.default.createDirectory(atPath: training.trial, withIntermediateDirectories: true)
        let full = try await training.run(
            attempt: "a",
            under: [
                "unshare", "--map-root-user", "--mount", "bash", "-uc", Self.script, "full", training.folder,
                "\(kilobytes)k",
            ])
        #expect(full.status == 128, "a failure that may pass: \(full.text)")
        let result = try #require(full.result)
        #expect(result.reason == "StorageFailed")
        #expect(result.message?.contains("No space left on device") == true, "\(result.message ?? "")")
        #expect(!full.text.contains("left over: "), "\(full.text)")
        let resumed = try #require(try training.result(of: "b"), "\(full.text)")
        #expect(resumed.reason == "Completed")
        #expect(resumed.step == 4)
    }

    @Test func `an image builder without room says so and leaves no half an image`() async throws {
        let training = try TinyTraining()
        defer { try? training.remove() }
        let (model, images) = ("\(training.folder)/model", "\(training.folder)/images")
        for folder in [model, images] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        try Data(repeating: 7, count: 1 << 20).write(to: URL(filePath: "\(model)/saved_model.pb"))
        let script = """
            mount -t tmpfs -o size=300k small "$1"
            shift
            "$@" && exit 99
            status=$?
            find \(images) -type f -size +200k | sed 's/^/left over: /'
            exit "$status"
            """
        let outcome = try await Tool.outcome(
            of: "unshare",
            [
                "--map-root-user", "--mount", "bash", "-uc", script, "full", images, try Tool.program("aerie"),
                "image", "build", "--root", model, "--oci-layout", "\(images)/layout",
            ])
        #expect(![0, 99].contains(outcome.status), "\(outcome.output)\(outcome.error)")
        #expect((outcome.output + outcome.error).contains("No space left on device"), "\(outcome.error)")
        #expect(!outcome.output.contains("left over: "), "\(outcome.output)")
    }

    @Test(arguments: ["EIO", "EACCES"])
    func `a result that cannot be read is named, and the trial goes on from its checkpoint to the same end`(
        error: String
    ) async throws {
        try await expect(error, on: "attempts/a/result.json") { unreadable, digest in
            #expect(unreadable.status == 0, "\(unreadable.text)")
            #expect(unreadable.result?.checkpoint?.digest == digest)
        }
    }

    @Test func `a trial whose own description cannot be read is not trained over`() async throws {
        try await expect("EIO", on: "trial.json") { unreadable, _ in
            #expect(unreadable.status == 128, "a failure that may pass: \(unreadable.text)")
            #expect(unreadable.result?.reason == "StorageFailed")
        }
    }

    /// Trains to the end, again while one file of the store cannot be opened, and once more when it can.
    private func expect(
        _ error: String, on file: String, _ check: (TinyTraining.Ending, String?) throws -> Void
    ) async throws {
        let training = try TinyTraining()
        defer { try? training.remove() }
        let first = try await training.run(attempt: "a")
        try #require(first.status == 0, "\(first.text)")
        let tracer = [
            "strace", "-f", "-qq", "-o", "/dev/null", "-P", "\(training.trial)/\(file)", "-e", "trace=open,openat",
            "-e",
            "inject=open,openat:error=\(error)",
        ]
        let unreadable = try await training.run(attempt: "b", under: tracer)
        #expect(unreadable.text.contains("\(file): "), "\(unreadable.text)")
        try check(unreadable, first.result?.checkpoint?.digest)
        let again = try await training.run(attempt: "c")
        #expect(again.status == 0)
        #expect(again.result?.checkpoint?.digest == first.result?.checkpoint?.digest)
    }
}
