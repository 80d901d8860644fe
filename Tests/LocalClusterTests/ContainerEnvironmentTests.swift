import KubernetesAPI
import LocalCluster
import Testing

@Suite("A container's variables and program")
struct ContainerEnvironmentTests {
    private let facts = PodFacts(
        metadata: ObjectMeta(
            name: "worker", namespace: "team", uid: "u-1", labels: ["app": "x", "b": "y\"z"],
            annotations: ["example.dev/note": "hello"]),
        nodeName: "local", serviceAccountName: "robot", hostIP: "127.0.0.1", podIP: "127.64.1.1",
        allocatable: ["cpu": "2", "memory": "1Gi"])
    private let objects = ContainerEnvironment.Objects(
        configMaps: ["settings": ["level": "info", "KEY": "from-map"]], secrets: ["login": ["password": "secret"]])

    private func environment(_ json: JSONValue, image: [String: String] = [:]) throws -> ContainerEnvironment {
        try ContainerEnvironment(
            of: container(json), image: image, cluster: ["HOST": "cluster"], facts: facts, objects: objects)
    }

    struct Row: CustomTestStringConvertible {
        var name: String
        var variable: JSONValue
        var value: String?
        var testDescription: String { name }

        init(_ name: String, field: String, _ value: String) {
            self.name = name
            variable = ["name": "V", "valueFrom": ["fieldRef": ["fieldPath": .string(field)]]]
            self.value = value
        }

        init(_ name: String, resource: String, divisor: String = "1", _ value: String) {
            self.name = name
            variable = [
                "name": "V",
                "valueFrom": ["resourceFieldRef": ["resource": .string(resource), "divisor": .string(divisor)]],
            ]
            self.value = value
        }

        init(_ name: String, source: JSONValue, _ value: String?) {
            self.name = name
            variable = ["name": "V", "valueFrom": source]
            self.value = value
        }
    }

    static let rows = [
        Row("the pod's name", field: "metadata.name", "worker"),
        Row("its namespace", field: "metadata.namespace", "team"),
        Row("its uid", field: "metadata.uid", "u-1"),
        Row("a label", field: "metadata.labels['app']", "x"),
        Row("a label that is not there is empty", field: "metadata.labels['nope']", ""),
        Row("an annotation", field: "metadata.annotations['example.dev/note']", "hello"),
        Row("the node", field: "spec.nodeName", "local"),
        Row("the service account", field: "spec.serviceAccountName", "robot"),
        Row("the pod's address", field: "status.podIP", "127.64.1.1"),
        Row("the node's address", field: "status.hostIP", "127.0.0.1"),
        Row("a limit in whole units, rounded up", resource: "limits.cpu", "2"),
        Row("a limit in units of the divisor", resource: "limits.cpu", divisor: "1m", "1500"),
        Row("memory in mebibytes", resource: "limits.memory", divisor: "1Mi", "512"),
        Row("a request", resource: "requests.cpu", divisor: "1m", "250"),
        Row("without the limit, what the node has", resource: "limits.ephemeral-storage", "0"),
        Row("a key of a ConfigMap", source: ["configMapKeyRef": ["name": "settings", "key": "level"]], "info"),
        Row("a key of a Secret", source: ["secretKeyRef": ["name": "login", "key": "password"]], "secret"),
        Row(
            "an optional key that is missing leaves the variable out",
            source: ["secretKeyRef": ["name": "nope", "key": "x", "optional": true]], nil),
    ]

    @Test(arguments: rows) func valueFrom(row: Row) throws {
        let environment = try environment([
            "env": [row.variable],
            "resources": ["limits": ["cpu": "1500m", "memory": "512Mi"], "requests": ["cpu": "250m"]],
        ])
        #expect(environment.variables["V"] == row.value)
    }

    @Test("later sources win: image, cluster, envFrom, env")
    func precedence() throws {
        let environment = try environment(
            [
                "envFrom": [["prefix": "P_", "configMapRef": ["name": "settings"]]],
                "env": [["name": "P_level", "value": "debug"], ["name": "COPY", "value": "$(P_level)-$(LATER)"]],
            ], image: ["HOST": "image", "ONLY": "image"])
        #expect(
            environment.variables == [
                "HOST": "cluster", "ONLY": "image", "P_level": "debug", "P_KEY": "from-map", "COPY": "debug-$(LATER)",
            ])
    }

    @Test("what is missing is named") func missing() throws {
        #expect(throws: ContainerEnvironment.Missing(description: "ConfigMap \"nope\" not found")) {
            try environment(["envFrom": [["configMapRef": ["name": "nope"]]]])
        }
        let problem = "couldn't find key nope in Secret \"login\""
        #expect(throws: ContainerEnvironment.Missing(description: problem)) {
            try environment([
                "env": [["name": "V", "valueFrom": ["secretKeyRef": ["name": "login", "key": "nope"]]]]
            ])
        }
    }

    struct Program: CustomTestStringConvertible {
        var name: String
        var manifest: JSONValue
        var words: [String]
        var testDescription: String { name }
    }

    static let programs = [
        Program(name: "the image's own", manifest: [:], words: ["/entry", "default"]),
        Program(name: "arguments replace the image's", manifest: ["args": ["a"]], words: ["/entry", "a"]),
        Program(name: "a command drops the image's arguments", manifest: ["command": ["/c"]], words: ["/c"]),
        Program(
            name: "both, with references", manifest: ["command": ["/c"], "args": ["$(HOST)"]],
            words: ["/c", "cluster"]),
    ]

    @Test(arguments: programs) func program(row: Program) throws {
        let environment = try environment(row.manifest)
        let words = environment.program(
            of: try container(row.manifest), entrypoint: ["/entry"], arguments: ["default"])
        #expect(words == row.words)
    }
}
