import AerieAPI
import Glibc
import KubernetesAPI
import Testing

/// SIGTERM to a trainer that is process 1 of a container, which gets no signal that it has not asked for.
@Suite struct StopSignalTests {
    /// Each waits for ever when nobody stops it.
    static let others = [["check-data"], ["evaluate", "--saved-model", "/nowhere"]]

    @Test("every command ends with 143", arguments: others)
    func command(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        // Nobody will ever write to it.
        try #require(mkfifo(folder["dataset.json"], 0o600) == 0)
        let child = try Self.processOne(arguments + ["--data", folder.path])
        #expect(try Self.stop(child).code == TrialExitCode.terminated.rawValue)
    }

    @Test("a training that has just been started ends with 143, however early the signal is")
    func training() throws {
        let folder = try TemporaryFolder()
        let child = try Self.processOne([
            "train", "--data", Installation.landsat, "--checkpoints", folder["trial"],
            "--trainer", #"{"training": {"steps": 1000000}}"#,
        ])
        let ending = try Self.stop(child)
        #expect(ending.code == TrialExitCode.terminated.rawValue, "\(ending.output)\(ending.errors)")
    }

    /// The trainer as the first process of a process namespace of its own.
    private static func processOne(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/unshare",
            ["--user", "--map-root-user", "--pid", "--fork", "--kill-child", try Installation.trainer()] + arguments,
            environment: Installation.environment.merging(["TF_CPP_MIN_LOG_LEVEL": "2"]) { $1 })
    }

    /// Sends SIGTERM as soon as the trainer would hear it.
    private static func stop(_ child: ChildProcess) throws -> ChildProcess.Ending {
        for _ in 0..<60_000 {
            if let trainer = try child.children().first, try catches(SIGTERM, trainer) {
                kill(trainer, SIGTERM)
                return try child.wait()
            }
            usleep(1000)
        }
        child.signal(SIGKILL)
        throw TestFailure("the trainer never asked for SIGTERM: \(try child.wait())")
    }

    private static func catches(_ signal: Int32, _ process: pid_t) throws -> Bool {
        let lines = try Files.kernelText("/proc/\(process)/status").split(separator: "\n")
        let mask = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last ?? ""
        return (UInt64(mask, radix: 16) ?? 0) & (1 << UInt64(signal - 1)) != 0
    }
}
