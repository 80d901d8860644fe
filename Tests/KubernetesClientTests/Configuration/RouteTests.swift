import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

/// Every way to find, reach and convince an API server that the configuration knows, against a real one.
@Suite(.timeLimit(.minutes(10))) struct RouteTests {
    /// The server's parts, as a kubeconfig has them.
    private struct Server {
        var port: Int
        var token: String
        var authority: String
        var chain: String
        var key: String

        init(_ plane: ControlPlane) throws {
            let configuration = plane.configuration
            port = try #require(configuration.server.split(separator: ":").last.flatMap { Int($0) })
            token = plane.token
            guard case .pem(let bytes) = configuration.tls.trustRoots else { throw ConfigurationError("no authority") }
            authority = String(decoding: bytes, as: UTF8.self)
            let certificate = try #require(configuration.tls.clientCertificate)
            chain = String(decoding: certificate.chain, as: UTF8.self)
            key = String(decoding: certificate.privateKey, as: UTF8.self)
        }
    }

    /// A folder with the server's certificates and a kubeconfig.
    private func folder(
        _ server: Server, host: String = "127.0.0.1", cluster: String = "", user: String
    ) throws
        -> TemporaryFolder
    {
        let text = KubeconfigTests.config(
            server: "https://\(host):\(server.port)",
            cluster: cluster.isEmpty ? "certificate-authority: ca.crt" : cluster,
            user: user)
        return try TemporaryFolder([
            "config": text, "ca.crt": server.authority, "admin.crt": server.chain, "admin.key": server.key,
            "token": server.token,
        ])
    }

    private func configuration(
        _ folder: TemporaryFolder, _ environment: [String: String] = [:]
    ) throws -> ClientConfiguration {
        try .find(
            environment: environment.merging(["KUBECONFIG": "\(folder.path)/config", "PATH": "/usr/bin:/bin"]) { $1 })
    }

    /// Asks something that needs an administrator.
    private func ask(_ configuration: ClientConfiguration) async throws -> Bool {
        let client = try KubernetesClient(configuration, retry: .never)
        return try await !client.list(Self.namespaces).isEmpty
    }

    private static let namespaces = Resource(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    private func error(_ configuration: ClientConfiguration) async -> String {
        do {
            return "no error: \(try await ask(configuration))"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: ["token: admin-token", "tokenFile: token", "client-certificate: admin.crt, client-key: admin.key"])
    func `files and tokens`(user: String) async throws {
        let server = try Server(try await ControlPlane.shared())
        let folder = try folder(server, user: user)
        #expect(try await ask(configuration(folder)))
    }

    @Test func `everything inline`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let encoded = [server.authority, server.chain, server.key].map { Data($0.utf8).base64EncodedString() }
        let folder = try folder(
            server, cluster: "certificate-authority-data: \(encoded[0])",
            user: "client-certificate-data: \(encoded[1]), client-key-data: \(encoded[2])")
        #expect(try await ask(configuration(folder)))
    }

    @Test func `certificate and key are read again when they change`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let folder = try folder(server, user: "client-certificate: admin.crt, client-key: admin.key")
        // The server's own authority is a certificate too, but not one that the server takes for a client.
        let other = try await Tool.outcome(
            of: "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                "/CN=nobody", "-keyout", "\(folder.path)/admin.key", "-out", "\(folder.path)/admin.crt",
            ])
        #expect(other.status == 0, "\(other.error)")
        let client = try KubernetesClient(configuration(folder), retry: .never)
        await #expect(throws: KubernetesError.self) { try await client.list(Self.namespaces) }
        try folder.write("admin.crt", server.chain)
        try folder.write("admin.key", server.key)
        #expect(try await !client.list(Self.namespaces).isEmpty)
    }

    @Test func `insecure-skip-tls-verify works and warns`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let folder = try folder(server, cluster: "insecure-skip-tls-verify: true", user: "token: admin-token")
        let configuration = try configuration(folder)
        #expect(configuration.warnings.count == 1)
        #expect(try await ask(configuration))
    }

    @Test func `tls-server-name is what the certificate must have`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let authority = "certificate-authority: ca.crt"
        let right = try folder(
            server, cluster: "\(authority), tls-server-name: kubernetes.default.svc", user: "token: admin-token")
        #expect(try await ask(configuration(right)))
        let wrong = try folder(
            server, cluster: "\(authority), tls-server-name: other.example", user: "token: admin-token")
        let problem = await error(try configuration(wrong))
        #expect(
            problem.hasSuffix(
                "the certificate of 127.0.0.1 is not for other.example but for localhost, kubernetes.default.svc"),
            "\(problem)")
    }

    @Test func `a http proxy, with and without a password`() async throws {
        let server = try Server(try await ControlPlane.shared())
        // base64 of me:secret
        try await TestProxy.run(.connect(authorization: "Basic bWU6c2VjcmV0")) { proxy in
            let cluster = "certificate-authority: ca.crt, tls-server-name: localhost, proxy-url: 'http://"
            let right = try folder(
                server, host: "10.96.0.1", cluster: "\(cluster)me:secret@127.0.0.1:\(proxy.port)'",
                user: "token: admin-token")
            #expect(try await ask(configuration(right)))
            #expect(proxy.targets == ["10.96.0.1:\(server.port)"])
            let wrong = try folder(
                server, cluster: "\(cluster)127.0.0.1:\(proxy.port)'", user: "token: admin-token")
            #expect(await error(try configuration(wrong)).contains("the proxy wants a user and a password"))
        }
    }

    @Test func `a socks5 proxy resolves names itself`() async throws {
        let server = try Server(try await ControlPlane.shared())
        try await TestProxy.run(.socks5) { proxy in
            let folder = try folder(
                server, host: "kubernetes.default.svc",
                cluster: "certificate-authority: ca.crt, proxy-url: 'socks5://127.0.0.1:\(proxy.port)'",
                user: "token: admin-token")
            #expect(try await ask(configuration(folder)))
            #expect(proxy.targets == ["kubernetes.default.svc:\(server.port)"])
        }
    }

    @Test func `a proxy of the environment`() async throws {
        let server = try Server(try await ControlPlane.shared())
        try await TestProxy.run(.connect()) { proxy in
            let folder = try folder(server, host: "kubernetes.default.svc", user: "token: admin-token")
            let environment = ["HTTPS_PROXY": "127.0.0.1:\(proxy.port)"]
            #expect(try await ask(configuration(folder, environment)))
            #expect(proxy.targets == ["kubernetes.default.svc:\(server.port)"])
        }
    }

    @Test func `an address behind a proxy is never compared with the proxy's`() async throws {
        let server = try Server(try await ControlPlane.shared())
        try await TestProxy.run(.connect()) { proxy in
            // 127.0.0.1 is in the server's certificate, 10.96.0.1 is not.
            let transport = try AsyncHTTPTransport(
                tls: TLSOptions(trustRoots: .pem(Array(server.authority.utf8))),
                proxy: HTTPProxy(.http, host: "127.0.0.1", port: proxy.port))
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.send(HTTPRequest(.get, "https://10.96.0.1:\(server.port)/version"))
            }
            #expect(error?.code == .invalid)
            #expect(proxy.accepted == 0)
        }
    }

    @Test func `nobody behind the proxy's port is unreachable`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let folder = try folder(
            server, host: "localhost", cluster: "certificate-authority: ca.crt, proxy-url: 'http://127.0.0.1:1'",
            user: "token: admin-token")
        #expect(await error(try configuration(folder)).hasPrefix("Unreachable: list Namespace: cannot connect to"))
    }

    @Test(arguments: ["v1", "v1beta1"]) func `a plugin prints a token`(version: String) async throws {
        let server = try Server(try await ControlPlane.shared())
        let folder = try folder(
            server,
            user: "exec: {apiVersion: client.authentication.k8s.io/\(version), command: ./login, "
                + "interactiveMode: Never, provideClusterInfo: true, env: [{name: WHO, value: admin}]}")
        // The server that it is told about is in what it prints, as a token that is refused the first time.
        try folder.write(
            "login",
            """
            #!/bin/sh
            case $KUBERNETES_EXEC_INFO in *'"server":"https://127.0.0.1:\(server.port)"'*) ;; *) exit 9 ;; esac
            token=wrong; [ ! -e "$0.ran" ] || token=$WHO-token
            touch "$0.ran"
            echo '{"apiVersion": "client.authentication.k8s.io/\(version)", "kind": "ExecCredential", "status": {"token": "'$token'"}}'
            """, isExecutable: true)
        #expect(try await ask(configuration(folder)))
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/login.ran"))
    }

    @Test func `a plugin prints a client certificate`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let folder = try folder(
            server,
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}")
        let document: JSONValue = [
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
            "status": [
                "clientCertificateData": .string(server.chain), "clientKeyData": .string(server.key),
                "expirationTimestamp": "2199-01-01T00:00:00Z",
            ],
        ]
        try folder.write("credential", String(decoding: document.serialized, as: UTF8.self))
        try folder.write("login", "#!/bin/sh\ncat \"${0%login}credential\"\n", isExecutable: true)
        #expect(try await ask(configuration(folder)))
    }

    /// A pod's folder and its variables.
    private func pod(_ server: Server, host: String) throws -> (TemporaryFolder, [String: String]) {
        let folder = try TemporaryFolder(["ca.crt": server.authority, "namespace": "ns", "token": "old"])
        return (folder, ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "\(server.port)"])
    }

    @Test func `a pod's token is rotated`() async throws {
        let server = try Server(try await ControlPlane.shared())
        let (folder, environment) = try pod(server, host: "127.0.0.1")
        let configuration = try ClientConfiguration.inCluster(environment: environment, directory: folder.path)
        let client = try KubernetesClient(configuration, retry: .never)
        let refused = await #expect(throws: KubernetesError.self) { try await client.list(Self.namespaces) }
        #expect(refused?.reason == .unauthorized)
        try folder.write("token", server.token)
        #expect(try await !client.list(Self.namespaces).isEmpty)
    }

    @Test func `a pod behind a proxy`() async throws {
        let server = try Server(try await ControlPlane.shared())
        try await TestProxy.run(.connect()) { proxy in
            var (folder, environment) = try pod(server, host: "10.96.0.1")
            try folder.write("token", server.token)
            environment["HTTPS_PROXY"] = "http://127.0.0.1:\(proxy.port)"
            #expect(try await ask(.inCluster(environment: environment, directory: folder.path)))
            #expect(proxy.targets == ["10.96.0.1:\(server.port)"])
        }
    }
}
