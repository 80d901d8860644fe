import FoundationEssentials
import HTTPTransport
import Subprocess
import SystemPackage

/// A real image registry on loopback for the time of one test: Debian's docker-registry.
public struct Registry: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Host and port, as in image references.
    public let address: String
    /// The folder with everything that the registry stores, for tests that damage it.
    public let storage: String

    /// Lines of an htpasswd file with the user `pusher` and the password `correct horse`.
    public static let passwords = "pusher:$2b$04$Zf9mlm04vnIJke8pgEP6AeLWNlgs7NUTM2moWf/KVwLSBZpqQmDJm\n"

    /// Starts a registry, calls `body`, and stops the registry however that ends.
    ///
    /// - Parameter passwords: Lines of an htpasswd file (bcrypt); `nil` lets everyone in.
    /// - Throws: ``Failure`` when the registry does not start, or what `body` throws.
    public static func run<Result: Sendable>(
        passwords: String? = nil, _ body: (Registry) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aerie-registry-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard let port = try ControlPlane.freePorts(1).first else { throw Failure(description: "no free port") }
        let registry = Registry(address: "127.0.0.1:\(port)", storage: "\(folder)/data")
        try registry.writeConfiguration(to: "\(folder)/config.yml", passwords: passwords)

        // The registry ends with the shell's input, so that it never outlives the tests.
        let script = """
            docker-registry serve "$1/config.yml" > "$1/log" 2>&1 & registry=$!
            cat > /dev/null
            kill "$registry"; wait "$registry" || true
            """
        let outcome = try await Subprocess.run(
            .name("bash"), arguments: ["-c", script, "registry", folder], input: .inputWriter, output: .discarded,
            error: .discarded
        ) { execution -> Swift.Result<Result, any Error> in
            let result: Swift.Result<Result, any Error>
            do {
                try await registry.waitUntilReady(log: "\(folder)/log")
                result = .success(try await body(registry))
            } catch { result = .failure(error) }
            // Thrown from here, the error would kill the shell before it has stopped the registry.
            try await execution.standardInputWriter.finish()
            return result
        }
        return try outcome.closureResult.get()
    }

    private func writeConfiguration(to path: String, passwords: String?) throws {
        var configuration = """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: "\(storage)"}, delete: {enabled: true}}
            http: {addr: "\(address)"}

            """
        if let passwords {
            let file = "\(storage).htpasswd"
            try Data(passwords.utf8).write(to: URL(filePath: file))
            configuration += "auth: {htpasswd: {realm: test, path: \"\(file)\"}}\n"
        }
        try Data(configuration.utf8).write(to: URL(filePath: path))
    }

    private func waitUntilReady(log: String) async throws {
        let transport = try AsyncHTTPTransport()
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if let response = try? await transport.send(HTTPRequest(.get, "http://\(address)/v2/")) {
                _ = try? await response.collect(upTo: 1 << 16)
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Failure(
            description:
                "docker-registry did not start; `make setup` installs it. The end of its log: \(text.suffix(500))")
    }
}
