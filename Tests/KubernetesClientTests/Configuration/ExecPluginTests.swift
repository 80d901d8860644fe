import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Synchronization
import Testing

/// Credential plugins as real programs, and when they are run.
@Suite(.timeLimit(.minutes(10))) struct ExecPluginTests {
    private static let version = "client.authentication.k8s.io/v1"

    private func credential(_ status: String) -> String {
        #"{"apiVersion":"\#(Self.version)","kind":"ExecCredential","status":\#(status)}"#
    }

    /// A plugin that runs this text with a shell, in a folder of its own.
    private func plugin(
        _ script: String, in folder: TemporaryFolder, hint: String? = nil, timeout: Duration = .seconds(60)
    ) -> ExecPlugin {
        ExecPlugin(
            apiVersion: Self.version, command: "sh", arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin", "FOLDER": folder.path], installHint: hint, timeout: timeout)
    }

    /// A client whose server answers each request with what `answer` says about its token.
    private func client(
        _ plugin: ExecPlugin, _ seen: Seen = Seen(), answer: @escaping @Sendable (String) -> Int = { _ in 200 }
    ) -> KubernetesClient {
        let transport = InMemoryTransport { request throws(HTTPTransportError) in
            let token = request.headers["authorization"] ?? "-"
            let chain = request.clientCertificate.map { String(decoding: $0.chain, as: UTF8.self) }
            seen.add(chain.map { "\(token) \($0)" } ?? token)
            return HTTPResponse(status: answer(token))
        }
        return KubernetesClient(
            configuration: ClientConfiguration(server: "https://s", plugin: plugin), transport: transport)
    }

    private func message(_ plugin: ExecPlugin) async -> String {
        do {
            _ = try await client(plugin).raw("/")
            return "no error"
        } catch {
            return error.reason == .unauthorized ? error.message : "\(error)"
        }
    }

    @Test func `a token and a certificate are shown, and the plugin runs once for many requests`() async throws {
        let folder = try TemporaryFolder()
        let seen = Seen()
        let print = credential(#"{"token":"t","clientCertificateData":"chain","clientKeyData":"key"}"#)
        let client = client(plugin("echo run >> \"$FOLDER/runs\"; echo '\(print)'", in: folder), seen)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try? await client.raw("/") } }
        }
        #expect(seen.all == Array(repeating: "Bearer t chain", count: 20))
        #expect(try folder.read("runs") == "run\n")
    }

    @Test func `what has expired is printed again`() async throws {
        let folder = try TemporaryFolder()
        let seen = Seen()
        let print = credential(#"{"token":"'$(wc -l < "$FOLDER/runs")'","expirationTimestamp":"2001-01-01T00:00:00Z"}"#)
        let client = client(plugin("echo run >> \"$FOLDER/runs\"; echo '\(print)'", in: folder), seen)
        for _ in 0..<3 { _ = try await client.raw("/") }
        #expect(seen.all == ["Bearer 1", "Bearer 2", "Bearer 3"])
    }

    @Test func `a token that is refused is printed again, once a request`() async throws {
        let folder = try TemporaryFolder()
        let seen = Seen()
        let print = credential(#"{"token":"'$(wc -l < "$FOLDER/runs")'"}"#)
        let client = client(plugin("echo run >> \"$FOLDER/runs\"; echo '\(print)'", in: folder), seen) {
            $0 == "Bearer 2" ? 200 : 401
        }
        for _ in 0..<2 { _ = try await client.raw("/") }
        #expect(seen.all == ["Bearer 1", "Bearer 2", "Bearer 2"])
        let hopeless = self.client(plugin("echo '\(credential(#"{"token":"t"}"#))'", in: folder)) { _ in 401 }
        await #expect(throws: KubernetesError.self) { try await hopeless.raw("/") }
    }

    @Test func `the plugin has no standard input and no terminal`() async throws {
        let folder = try TemporaryFolder()
        let script = """
            if read line; then echo 'got input' >&2; exit 1; fi
            if (: < /dev/tty) 2> /dev/null; then echo 'got a terminal' >&2; exit 1; fi
            echo '\(credential(#"{"token":"t"}"#))'
            """
        #expect(await message(plugin(script, in: folder)) == "no error")
    }

    @Test(arguments: [
        ("echo one >&2; echo 'please log in' >&2; echo >&2; exit 3", "failed with exit code 3: please log in"),
        ("echo oops; exit 1", "failed with exit code 1: oops"),
        ("exit 1", "failed with exit code 1"),
        ("kill -9 $$", "was ended by signal 9"),
        ("true", "printed no ExecCredential: invalid JSON at byte 0: the document ends where a value is expected"),
        ("echo '{}'", "printed the kind \"\" of \"\", but was asked for an ExecCredential of \(version)"),
        (
            #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'"#,
            "printed the kind \"ExecCredential\" of \"client.authentication.k8s.io/v1beta1\", but was asked for an ExecCredential of \(version)"
        ),
        (
            #"echo '{"kind":"ExecCredential","apiVersion":"\#(version)"}'"#,
            "printed neither a token nor a client certificate"
        ),
        (
            #"echo '{"kind":"ExecCredential","apiVersion":"\#(version)","status":{"token":7}}'"#,
            "printed an ExecCredential that is not valid: status.token: expected a string, got the number 7"
        ),
        (
            #"echo '{"kind":"ExecCredential","apiVersion":"\#(version)","status":{"clientKeyData":"k"}}'"#,
            "printed only one of clientCertificateData and clientKeyData"
        ),
    ]) func `a plugin that fails is told about`(script: String, problem: String) async throws {
        let folder = try TemporaryFolder()
        #expect(await message(plugin(script, in: folder)) == "get /: the credential plugin sh \(problem)")
    }

    @Test(arguments: ["no-such-plugin", "/no/such/plugin"])
    func `a plugin that is not installed comes with its hint`(command: String) async throws {
        var plugin = plugin("", in: try TemporaryFolder(), hint: "apt install it")
        plugin.command = command
        #expect(await message(plugin) == "get /: the credential plugin \(command) is not installed\napt install it")
    }

    @Test func `a plugin that hangs is ended with all that it started`() async throws {
        let folder = try TemporaryFolder()
        let script = "sleep 600 & echo $! > \"$FOLDER/child\"; wait"
        let plugin = plugin(script, in: folder, timeout: .seconds(2))
        #expect(
            await message(plugin)
                == "get /: the credential plugin sh printed no credentials within 2.0 seconds and was ended")
        let child = try folder.read("child").filter(\.isNumber)
        // A zombie that nobody reaps has no command line.
        while FileManager.default.fileExists(atPath: "/proc/\(child)"),
            let line = try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8), !line.isEmpty
        {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(!child.isEmpty)
    }
}
