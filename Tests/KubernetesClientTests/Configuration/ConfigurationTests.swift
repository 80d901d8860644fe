import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    private static func kubeconfig(cluster: JSONValue = ["server": "https://s"], user: JSONValue = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Config", "current-context": "one",
            "clusters": [["name": "c", "cluster": cluster]], "users": [["name": "u", "user": user]],
            "contexts": [
                ["name": "one", "context": ["cluster": "c", "user": "u", "namespace": "ns"]],
                ["name": "two", "context": ["cluster": "c"]],
                ["name": "lost", "context": ["cluster": "x", "user": "u"]],
                ["name": "stranger", "context": ["cluster": "c", "user": "x"]],
            ],
        ]
    }

    private func configuration(
        _ json: JSONValue, context: String? = nil, directory: String = "/nowhere"
    ) throws -> ClientConfiguration {
        try Kubeconfig(json, directory: directory).configuration(context: context)
    }

    @Test func `the current context is taken`() throws {
        let found = try configuration(Self.kubeconfig(user: ["token": "t"]))
        let name = try ServerName(host: "s", expected: "s")
        #expect(
            found
                == ClientConfiguration(server: "https://s", namespace: "ns", serverName: name, token: .fixed("t")))
    }

    @Test func `another context can be named, and needs no user`() throws {
        let found = try configuration(Self.kubeconfig(), context: "two")
        let name = try ServerName(host: "s", expected: "s")
        #expect(found == ClientConfiguration(server: "https://s", namespace: "default", serverName: name))
    }

    @Test func `no secret is in the text of a configuration or a client`() throws {
        var found = ClientConfiguration(server: "https://s", token: .fixed("secret-token"))
        found.tls.clientCertificate = .init(chain: Array("chain".utf8), privateKey: Array("secret-key".utf8))
        found.proxy = HTTPProxy(.http, host: "p", port: 1, credentials: .init(user: "u", password: "secret-password"))
        let client = KubernetesClient(
            configuration: found, transport: InMemoryTransport { _ throws(HTTPTransportError) in HTTPResponse() })
        for text in ["\(found)", "\(client)", String(reflecting: found), String(reflecting: [client])] {
            #expect(text.contains("https://s"))
            #expect(!text.contains("secret") && !text.contains("\(Array("secret-key".utf8))"), "\(text)")
        }
    }

    @Test func `inline certificates are decoded`() throws {
        let data = JSONValue.string(Data("pem".utf8).base64EncodedString())
        let found = try configuration(
            Self.kubeconfig(
                cluster: ["server": "https://s", "certificate-authority-data": data],
                user: ["client-certificate-data": data, "client-key-data": data]))
        let pem = Array("pem".utf8)
        #expect(found.tls == TLSOptions(trustRoots: .pem(pem), clientCertificate: .init(chain: pem, privateKey: pem)))
    }

    @Test func `files are relative to the kubeconfig, and a token file wins over a token`() throws {
        let file = try TemporaryFile("pem")
        let name = JSONValue.string(String(file.path.split(separator: "/").last ?? ""))
        let directory = file.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        let found = try configuration(
            Self.kubeconfig(
                cluster: ["server": "https://s", "certificate-authority": name],
                user: ["tokenFile": name, "token": "old"]),
            directory: directory)
        #expect(found.tls.trustRoots == .pem(Array("pem".utf8)))
        #expect(found.token == .file(file.path))
    }

    @Test func `verification is skipped only when asked for`() throws {
        #expect(try !configuration(Self.kubeconfig()).tls.skipsVerification)
        let insecure: JSONValue = ["server": "https://s", "insecure-skip-tls-verify": true]
        #expect(try configuration(Self.kubeconfig(cluster: insecure)).tls.skipsVerification)
    }

    static let refused: [(JSONValue, String?, String)] = [
        (["clusters": "x"], nil, "the kubeconfig is not valid: clusters: expected an array, got a string"),
        ([:], nil, "the kubeconfig has no current-context; name one of: none"),
        (kubeconfig(), "three", "the kubeconfig has no context \"three\"; it has: one, two, lost, stranger"),
        (kubeconfig(), "lost", "context \"lost\" names the cluster \"x\", which the kubeconfig does not have"),
        (kubeconfig(), "stranger", "context \"stranger\" names the user \"x\", which the kubeconfig does not have"),
        (kubeconfig(cluster: [:]), nil, "cluster \"c\" has no server"),
        (
            kubeconfig(cluster: ["server": "https://s", "certificate-authority-data": "%"]), nil,
            "certificate-authority-data is not base64"
        ),
        (
            kubeconfig(cluster: ["server": "https://s", "certificate-authority": "/missing/ca"]), nil,
            "cannot read certificate-authority, /missing/ca: there is no such file"
        ),
        (
            kubeconfig(user: ["client-key-data": "cGVt"]), nil,
            "user \"u\" needs client-certificate and client-key together"
        ),
    ]

    @Test(arguments: refused) func `what cannot be used is refused with a reason`(
        json: JSONValue, context: String?, message: String
    ) {
        #expect(throws: ConfigurationError(message)) { try configuration(json, context: context) }
    }

    @Test func `a pod finds its service account`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "aerie-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, text) in ["token": "t\n", "ca.crt": "pem", "namespace": "ns\n"] {
            try Data(text.utf8).write(to: directory.appending(path: name))
        }
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        let found = try ClientConfiguration.inCluster(environment: environment, directory: directory.path())
        #expect(found.server == "https://[fd00::1]:443")
        #expect(found.namespace == "ns")
        #expect(found.tls.trustRoots == .pem(Array("pem".utf8)))
        #expect(throws: ConfigurationError.self) { try ClientConfiguration.inCluster(environment: [:]) }
    }
}
