import FoundationEssentials
import HTTPTransport
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The program itself: exit codes and signals.
@Suite("aerie-serving", .timeLimit(.minutes(10))) struct ProgramTests {
    /// The program, which is built along with the tests.
    private func program() throws -> Executable {
        let environment = ProcessInfo.processInfo.environment
        // SwiftPM puts the tests and the programs into the same folder.
        let beside = CommandLine.arguments[0].split(separator: "/").dropLast().joined(separator: "/")
        let folder = environment["AERIE_PROGRAMS"] ?? "/" + beside
        let path = "\(folder)/aerie-serving"
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is missing; `make build` builds it")
        return .path(FilePath(path))
    }

    private func run(_ arguments: [String]) async throws -> (status: TerminationStatus, output: String, log: String) {
        let result = try await Subprocess.run(
            try program(), arguments: Arguments(arguments), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }

    @Test("--help and --version answer; wrong usage exits 64")
    func usage() async throws {
        let help = try await run(["--help"])
        #expect(help.status == .exited(0))
        for flag in ["--model-base-path", "--model-name", "--rest-api-port", "--address", "--threads"] {
            #expect(help.output.contains(flag))
        }
        #expect(try await run(["--version"]).output == "0.1.0\n")
        for wrong in [["--nonsense"], ["--rest-api-port", "70000"], ["--threads", "0"], ["--warm-up", "some"]] {
            #expect(try await run(wrong).status == .exited(64))
        }
    }

    @Test("No model exits 78, a damaged one 65, an address that is taken 78; the log says why")
    func exitCodes() async throws {
        let models = try await ExportedModels.shared().basePath
        let nowhere = try await run(["--model-base-path", "/nowhere"])
        #expect(nowhere.status == .exited(78))
        #expect(nowhere.log.contains(#""message":"cannot read the folder /nowhere""#))
        let unknown = try await run(["--model-base-path", models, "--model-name", "none"])
        #expect(unknown.status == .exited(78))
        #expect(unknown.log.contains("which has constant, zoo"))

        let damaged = FileManager.default.temporaryDirectory.path() + "/damaged-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: damaged) }
        try FileManager.default.createDirectory(atPath: damaged + "/m", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(models)/zoo/1", toPath: "\(damaged)/m/1")
        let variables = "\(damaged)/m/1/variables/variables.data-00000-of-00001"
        var bytes = try Data(contentsOf: URL(filePath: variables))
        bytes[0] ^= 1
        try bytes.write(to: URL(filePath: variables))
        let local = ["--address", "127.0.0.1", "--rest-api-port", "0"]
        let flipped = try await run(["--model-base-path", damaged] + local)
        #expect(flipped.status == .exited(65))
        #expect(flipped.log.contains("cannot load \(damaged)/m/1"), "\(flipped.log)")
        try Data([1, 2, 3]).write(to: URL(filePath: "\(damaged)/m/1/saved_model.pb"))
        #expect(try await run(["--model-base-path", damaged] + local).status == .exited(65))

        try await withServer { client in
            let port = String(client.server.split(separator: ":").last ?? "")
            let taken = try await self.run([
                "--model-base-path", models, "--model-name", "zoo", "--address", "127.0.0.1", "--rest-api-port", port,
            ])
            #expect(taken.status == .exited(78))
            #expect(taken.log.contains("cannot listen on 127.0.0.1:\(port)"))
        }
    }

    @Test("On SIGTERM calls that are under way are answered, new connections are not, and the exit code is 0")
    func gracefulStop() async throws {
        let models = try await ExportedModels.shared().basePath
        let port = Int(try ControlPlane.freePorts(1)[0])
        let client = try TestClient(port: port)
        let result = try await Subprocess.run(
            try program(),
            arguments: [
                "--model-base-path", models, "--model-name", "zoo", "--address", "127.0.0.1", "--rest-api-port",
                "\(port)",
            ],
            input: .none, output: .discarded, error: .string(limit: 1 << 20)
        ) { process in
            try await client.waitUntilReady()
            async let slow = client.predict(#"{"signature_name": "slow", "instances": [3000]}"#)
            while try await !client.get("/metrics").text.contains("\naerie_serving_calls 1") {}
            try process.send(signal: .terminate)
            let answer = try await slow
            #expect(answer.text == #"{"predictions":[0.0]}"#)
            await #expect(throws: HTTPTransportError.self) { try await client.get("/healthz") }
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardError.contains(#""message":"stopped""#))
    }
}
