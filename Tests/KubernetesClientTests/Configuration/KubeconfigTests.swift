import HTTPTransport
import KubernetesClient
import Testing

/// Kubeconfigs as people have them: files in, a configuration or a message out.
@Suite struct KubeconfigTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// In a folder with a space in its name; `DIR` in texts stands for it.
        var files: [String: String]
        var environment: [String: String] = ["KUBECONFIG": "DIR/config"]
        var context: String?
        /// What is found, or the message.
        var outcome: Outcome
    }

    enum Outcome: Sendable {
        case found(@Sendable (_ directory: String) throws -> ClientConfiguration)
        case refused(String)
    }

    /// A kubeconfig with one of everything.
    static func config(
        server: String = "https://s:6443", cluster: String = "", user: String = "token: t", prefix: String = ""
    ) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: \(prefix)ctx
        clusters:
        - name: \(prefix)c
          cluster: {server: "\(server)"\(cluster.isEmpty ? "" : ", \(cluster)")}
        contexts:
        - name: \(prefix)ctx
          context: {cluster: \(prefix)c, user: \(prefix)u}
        users:
        - name: \(prefix)u
          user: {\(user)}

        """
    }

    static func plain() throws -> ClientConfiguration {
        ClientConfiguration(
            server: "https://s:6443", serverName: try ServerName(host: "s", expected: "s"), token: .fixed("t"))
    }

    static func changed(_ change: (inout ClientConfiguration) throws -> Void) throws -> ClientConfiguration {
        var configuration = try plain()
        try change(&configuration)
        return configuration
    }

    static let rows: [Row] = files + addresses + credentials

    static let files = [
        Row(testDescription: "one file", files: ["config": config()], outcome: .found { _ in try plain() }),
        Row(
            testDescription: "the home folder, when nothing is said", files: [".kube/config": config()],
            environment: ["HOME": "DIR"], outcome: .found { _ in try plain() }),
        Row(
            testDescription: "files that do not exist are passed over",
            files: ["b": config()], environment: ["KUBECONFIG": "DIR/a::DIR/b:DIR/b"],
            outcome: .found { _ in try plain() }),
        Row(
            testDescription: "an empty file has no entries",
            files: ["a": "\n", "b": config()], environment: ["KUBECONFIG": "DIR/a:DIR/b"],
            outcome: .found { _ in try plain() }),
        Row(
            testDescription: "none of the files exists", files: [:], environment: ["KUBECONFIG": "DIR/a:DIR/b"],
            outcome: .refused("no cluster is configured: KUBECONFIG lists DIR/a:DIR/b, and no such file exists")),
        Row(
            testDescription: "nothing at all", files: [:], environment: [:],
            outcome: .refused("no cluster is configured: set KUBECONFIG or give --kubeconfig")),
        Row(
            testDescription: "of a name in two files the first file's entry counts, whole",
            files: ["a": config(), "b": config(server: "https://other", cluster: "tls-server-name: other")],
            environment: ["KUBECONFIG": "DIR/a:DIR/b"], outcome: .found { _ in try plain() }),
        Row(
            testDescription: "the first current-context counts",
            files: ["a": config(prefix: "a-"), "b": config(server: "https://b", prefix: "b-")],
            environment: ["KUBECONFIG": "DIR/a:DIR/b"], outcome: .found { _ in try plain() }),
        Row(
            testDescription: "a context of the second file",
            files: ["a": config(prefix: "a-"), "b": config(server: "https://b", prefix: "b-")],
            environment: ["KUBECONFIG": "DIR/a:DIR/b"], context: "b-ctx",
            outcome: .found { _ in
                try changed {
                    $0.server = "https://b"
                    $0.serverName = try ServerName(host: "b", expected: "b")
                }
            }),
        Row(
            testDescription: "a context may join entries of two files",
            files: [
                "a":
                    "contexts: [{name: joined, context: {cluster: c, user: u, namespace: n}}]\ncurrent-context: joined",
                "b": config(),
            ], environment: ["KUBECONFIG": "DIR/a:DIR/b"], outcome: .found { _ in try changed { $0.namespace = "n" } }),
        Row(
            testDescription: "paths are relative to the file that has them",
            files: [
                "a": config(prefix: "a-"), "sub/b": config(cluster: "certificate-authority: ca.crt"),
                "sub/ca.crt": "pem", "ca.crt": "wrong",
            ], environment: ["KUBECONFIG": "DIR/a:DIR/sub/b"], context: "ctx",
            outcome: .found { _ in try changed { $0.tls.trustRoots = .pem(Array("pem".utf8)) } }),
        Row(
            testDescription: "a file that is no YAML", files: ["config": "a: ["],
            outcome: .refused("the kubeconfig DIR/config is not YAML: ")),
        Row(
            testDescription: "a field of a wrong type", files: ["config": "clusters: 7"],
            outcome: .refused("DIR/config: the kubeconfig is not valid: clusters: expected an array, got the number 7")),
        Row(
            testDescription: "a name twice in one file",
            files: ["config": "users: [{name: u, user: {}}, {name: u, user: {}}]"],
            outcome: .refused("DIR/config: the kubeconfig has two users with the name \"u\"")),
        Row(
            testDescription: "a context that is not there", files: ["config": config()], context: "x",
            outcome: .refused("the kubeconfig has no context \"x\"; it has: ctx")),
    ]

    static let addresses = [
        Row(
            testDescription: "host and port alone are plain http", files: ["config": config(server: "localhost:8080")],
            outcome: .found { _ in
                ClientConfiguration(server: "http://localhost:8080", token: .fixed("t"))
            }),
        Row(
            testDescription: "a server that is no URL", files: ["config": config(server: "ftp://s")],
            outcome: .refused(
                "cluster \"c\" has the server \"ftp://s\", which is no URL such as https://10.0.0.1:6443")),
        Row(
            testDescription: "tls-server-name", files: ["config": config(cluster: "tls-server-name: api.example")],
            outcome: .found { _ in try changed { $0.serverName = try ServerName(host: "s", expected: "api.example") } }),
        Row(
            testDescription: "an address as tls-server-name",
            files: ["config": config(cluster: "tls-server-name: 10.0.0.1")],
            outcome: .refused(
                "cluster \"c\" has an unusable tls-server-name: the expected server name 10.0.0.1 is an address, "
                    + "not a DNS name")),
        Row(
            testDescription: "insecure-skip-tls-verify warns",
            files: ["config": config(cluster: "insecure-skip-tls-verify: true")],
            outcome: .found { _ in
                try changed {
                    $0.tls.skipsVerification = true
                    $0.warnings = [
                        "insecure-skip-tls-verify of cluster \"c\": nobody checks that https://s:6443 is the API "
                            + "server; whoever answers there can read the credentials and everything else"
                    ]
                }
            }),
        Row(
            testDescription: "insecure-skip-tls-verify with an authority",
            files: ["config": config(cluster: "insecure-skip-tls-verify: true, certificate-authority-data: cGVt")],
            outcome: .refused("cluster \"c\" has both a certificate-authority and insecure-skip-tls-verify; keep one")),
        Row(
            testDescription: "a http proxy with a password",
            files: ["config": config(cluster: "proxy-url: 'http://me:secret@p:3128'")],
            outcome: .found { _ in
                try changed {
                    $0.proxy = HTTPProxy(
                        .http, host: "p", port: 3_128, credentials: .init(user: "me", password: "secret"))
                }
            }),
        Row(
            testDescription: "a socks5 proxy at its usual port",
            files: ["config": config(cluster: "proxy-url: 'socks5://p'")],
            outcome: .found { _ in try changed { $0.proxy = HTTPProxy(.socks5, host: "p", port: 1_080) } }),
        Row(
            testDescription: "a socks5 proxy with a password",
            files: ["config": config(cluster: "proxy-url: 'socks5://me:secret@p'")],
            outcome: .refused(
                "proxy-url of cluster \"c\" cannot be used: a password for a socks5 proxy is not supported")),
        Row(
            testDescription: "a https proxy", files: ["config": config(cluster: "proxy-url: 'https://me:secret@p'")],
            outcome: .refused(
                "proxy-url of cluster \"c\" cannot be used: a proxy that is itself reached over TLS (https://p) is not "
                    + "supported; use its http:// or socks5:// port")),
        Row(
            testDescription: "a proxy that is no URL", files: ["config": config(cluster: "proxy-url: 'p:3128'")],
            outcome: .refused("proxy-url of cluster \"c\" cannot be used: ")),
        Row(
            testDescription: "an address behind a proxy needs a name",
            files: ["config": config(server: "https://10.0.0.1:6443", cluster: "proxy-url: 'socks5://p'")],
            outcome: .refused(
                "cluster \"c\" has the server https://10.0.0.1:6443, an address, behind a proxy (proxy-url of cluster "
                    + "\"c\"); set tls-server-name to a DNS name that the server's certificate has")),
        Row(
            testDescription: "an address behind a proxy with a name",
            files: [
                "config": config(server: "https://[fd00::1]:6443", cluster: "proxy-url: 'http://p', tls-server-name: n")
            ],
            outcome: .found { _ in
                try changed {
                    $0.server = "https://[fd00::1]:6443"
                    $0.serverName = try ServerName(host: "fd00::1", expected: "n")
                    $0.proxy = HTTPProxy(.http, host: "p", port: 80)
                }
            }),
        Row(
            testDescription: "a proxy of the environment", files: ["config": config()],
            environment: ["KUBECONFIG": "DIR/config", "HTTPS_PROXY": "http://p:1", "HTTP_PROXY": "http://wrong:2"],
            outcome: .found { _ in try changed { $0.proxy = HTTPProxy(.http, host: "p", port: 1) } }),
        Row(
            testDescription: "the cluster's own proxy counts before the environment's",
            files: ["config": config(cluster: "proxy-url: 'socks5://p'")],
            environment: ["KUBECONFIG": "DIR/config", "HTTPS_PROXY": "http://wrong:2"],
            outcome: .found { _ in try changed { $0.proxy = HTTPProxy(.socks5, host: "p", port: 1_080) } }),
        Row(
            testDescription: "a https proxy of the environment", files: ["config": config()],
            environment: ["KUBECONFIG": "DIR/config", "https_proxy": "https://p"],
            outcome: .refused(
                "the variable https_proxy cannot be used: a proxy that is itself reached over TLS (https://p) is not "
                    + "supported; use its http:// or socks5:// port")),
    ]

    static let credentials = [
        Row(
            testDescription: "files of a client certificate are read, and read again later",
            files: ["config": config(user: "client-certificate: c, client-key: DIR/k"), "c": "chain", "k": "key"],
            outcome: .found { directory in
                try changed {
                    $0.token = .none
                    $0.tls.clientCertificate = .init(chain: Array("chain".utf8), privateKey: Array("key".utf8))
                    $0.certificateFiles = CertificateFiles(chain: "\(directory)/c", privateKey: "\(directory)/k")
                }
            }),
        Row(
            testDescription: "inline data wins over files",
            files: [
                "config": config(user: "client-certificate: c, client-certificate-data: cGVt, client-key-data: cGVt")
            ],
            outcome: .found { _ in
                try changed {
                    $0.token = .none
                    $0.tls.clientCertificate = .init(chain: Array("pem".utf8), privateKey: Array("pem".utf8))
                }
            }),
        Row(
            testDescription: "a plugin",
            files: [
                "config": config(
                    cluster:
                        "certificate-authority-data: cGVt, extensions: [{name: client.authentication.k8s.io/exec, extension: {region: r}}]",
                    user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [a, b], "
                        + "env: [{name: MODE, value: m}], interactiveMode: IfAvailable, provideClusterInfo: true, "
                        + "installHint: get it}")
            ], environment: ["KUBECONFIG": "DIR/config", "PATH": "/bin"],
            outcome: .found { directory in
                try changed {
                    $0.token = .none
                    $0.tls.trustRoots = .pem(Array("pem".utf8))
                    $0.plugin = ExecPlugin(
                        apiVersion: "client.authentication.k8s.io/v1", command: "\(directory)/./login",
                        arguments: ["a", "b"],
                        environment: [
                            "KUBECONFIG": "\(directory)/config", "PATH": "/bin", "MODE": "m",
                            "KUBERNETES_EXEC_INFO":
                                #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"#
                                + #""cluster":{"certificate-authority-data":"cGVt","config":{"region":"r"},"#
                                + #""server":"https://s:6443"},"interactive":false}}"#,
                        ], installHint: "get it")
                }
            }),
        Row(
            testDescription: "a token wins over a plugin",
            files: [
                "config": config(
                    user: "token: t, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: login}")
            ], outcome: .found { _ in try plain() }),
        Row(
            testDescription: "a plugin that must ask",
            files: [
                "config": config(
                    user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: l, interactiveMode: Always}")
            ],
            outcome: .refused(
                "exec of user \"u\" has the interactiveMode Always, but plugins run without a terminal here; "
                    + "log in with the plugin's own tool and set IfAvailable or Never")),
        Row(
            testDescription: "a v1 plugin without an interactiveMode",
            files: ["config": config(user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: l}")],
            outcome: .refused("exec of user \"u\" needs an interactiveMode: Never or IfAvailable, got \"\"")),
        Row(
            testDescription: "a plugin of an old version",
            files: ["config": config(user: "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: l}")],
            outcome: .refused(
                "exec of user \"u\" has the apiVersion \"client.authentication.k8s.io/v1alpha1\"; supported are "
                    + "client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1")),
        Row(
            testDescription: "a plugin without a command",
            files: ["config": config(user: "exec: {apiVersion: client.authentication.k8s.io/v1}")],
            outcome: .refused("exec of user \"u\" has no command")),
        Row(
            testDescription: "an auth provider", files: ["config": config(user: "auth-provider: {name: gcp}")],
            outcome: .refused(
                "user \"u\" uses auth-provider, which was replaced by exec; supported are token, tokenFile, client "
                    + "certificates and exec")),
        Row(
            testDescription: "a password", files: ["config": config(user: "username: me, password: secret")],
            outcome: .refused(
                "user \"u\" uses a password, which Kubernetes does not take since release 1.19; supported are token, "
                    + "tokenFile, client certificates and exec")),
        Row(
            testDescription: "impersonation is not silently left out",
            files: ["config": config(user: "token: t, as: nobody")],
            outcome: .refused(
                "user \"u\" uses impersonation (as, as-groups, as-uid, as-user-extra); supported are token, tokenFile, "
                    + "client certificates and exec")),
    ]

    @Test(arguments: rows) func kubeconfig(row: Row) throws {
        let folder = try TemporaryFolder()
        let located = { (text: String) in text.replacing("DIR", with: folder.path) }
        for (name, text) in row.files { try folder.write(name, located(text)) }
        let environment = row.environment.mapValues(located)
        switch row.outcome {
        case .found(let expected):
            let found = try ClientConfiguration.find(context: row.context, environment: environment)
            #expect(try found == expected(folder.path))
        case .refused(let message):
            let error = #expect(throws: ConfigurationError.self) {
                try ClientConfiguration.find(context: row.context, environment: environment)
            }
            #expect(error?.message.hasPrefix(located(message)) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a file that is named must be there`() {
        let error = #expect(throws: ConfigurationError.self) {
            try ClientConfiguration.find(kubeconfig: "/missing/config", environment: [:])
        }
        #expect(error?.message == "cannot read the kubeconfig, /missing/config: there is no such file")
    }
}
