import HTTPTransport
import KubernetesAPI
import KubernetesClient
import Testing

/// Which servers a proxy of the environment is used for.
@Suite struct ProxyEnvironmentTests {
    private func proxy(_ server: String, _ environment: [String: String]) throws -> String? {
        let kubeconfig: JSONValue = [
            "current-context": "x", "contexts": [["name": "x", "context": ["cluster": "c"]]],
            "clusters": [["name": "c", "cluster": ["server": .string(server), "tls-server-name": "name"]]],
        ]
        return try Kubeconfig(kubeconfig, directory: "").configuration(environment: environment).proxy?.description
    }

    static let exceptions: [(server: String, exceptions: String, isProxied: Bool)] = [
        ("https://api.example", "", true),
        ("https://api.example", "*", false),
        ("https://api.example", "example", false),
        ("https://api.example", "api.example", false),
        ("https://API.example", " other , Api.Example ", false),
        ("https://api.example", ".example", false),
        ("https://api.example", "*.example", false),
        ("https://example", ".example", true),
        ("https://api.example", "ample", true),
        ("https://api.example", "api.example:443", false),
        ("https://api.example:6443", "api.example:443", true),
        ("https://10.1.2.3", "10.1.2.3", false),
        ("https://10.1.2.3", "10.1.0.0/16", false),
        ("https://10.1.2.3", "10.2.0.0/16", true),
        ("https://10.1.2.3", "10.1.2.0/23", false),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", false),
        ("https://[fd00::1]", "fd00::/8", false),
        ("https://[fd00::1]", "[fd00::1]:443", false),
        ("https://[fd00::1]", "fe80::/10", true),
        ("https://localhost", "", false),
        ("https://127.0.0.9", "", false),
        ("https://[::1]", "", false),
    ]

    @Test(arguments: exceptions) func `NO_PROXY excepts`(server: String, exceptions: String, isProxied: Bool) throws {
        let environment = ["HTTPS_PROXY": "http://p:1", "NO_PROXY": exceptions]
        #expect(try proxy(server, environment) == (isProxied ? "http://p:1" : nil))
    }

    @Test func `the variable is that of the server's scheme, upper case first, and needs no scheme`() throws {
        let environment = ["HTTP_PROXY": "plain:1", "https_proxy": "lower:2", "HTTPS_PROXY": "socks5://upper:3"]
        #expect(try proxy("https://s", environment) == "socks5://upper:3")
        #expect(try proxy("http://s", environment) == "http://plain:1")
        #expect(try proxy("https://s", ["https_proxy": "lower:2", "no_proxy": "t"]) == "http://lower:2")
        #expect(try proxy("https://s", [:]) == nil)
    }
}
