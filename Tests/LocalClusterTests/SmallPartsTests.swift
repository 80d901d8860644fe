import FoundationEssentials
import KubernetesAPI
import LocalCluster
import Logging
import Testing

@Suite("Probes' thresholds")
struct ProbeCounterTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var thresholds: JSONValue
        /// `+` is an answer that passes, `-` one that fails.
        var answers: String
        /// The changes, in the same letters, with `.` for none.
        var changes: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "one success is enough by default", thresholds: [:], answers: "-+", changes: ".+"),
        Row(name: "three failures in a row by default", thresholds: [:], answers: "+---", changes: "+..-"),
        Row(
            name: "a success in between starts the count anew", thresholds: [:], answers: "+--+---", changes: "+.....-"),
        Row(
            name: "own thresholds", thresholds: ["successThreshold": 2, "failureThreshold": 1], answers: "++-+",
            changes: ".+-."),
        Row(name: "a state is reported once", thresholds: ["failureThreshold": 1], answers: "--++", changes: "-.+."),
    ]

    @Test(arguments: rows) func changes(row: Row) throws {
        var counter = ProbeCounter(try row.thresholds.decode(ProbeManifest.self))
        let changes = row.answers.map { counter.note($0 == "+").map { $0 ? "+" : "-" } ?? "." }
        #expect(changes.joined() == row.changes)
    }
}

@Suite("A pod's hosts file")
struct HostsFileTests {
    private func peer(_ name: String, _ address: String, _ spec: JSONValue = [:]) throws -> HostsFile.Peer {
        var manifest = try pod(spec: spec, metadata: ["labels": ["job": .string(name)]])
        manifest.metadata.name = name
        return HostsFile.Peer(manifest: manifest, address: address)
    }

    private func service(_ name: String, namespace: String = "default", spec: JSONValue) throws -> HeadlessService {
        let json: JSONValue = [
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ]
        return try json.decode(HeadlessService.self)
    }

    @Test("the names of services lead to the pods that they select") func services() throws {
        let first = try peer("worker-0", "127.64.1.1")
        let second = try peer("worker-1", "127.64.1.2")
        let services = try ["worker-0", "worker-1"].map { name in
            try service(name, spec: ["clusterIP": "None", "selector": ["job": .string(name)]])
        }
        let text = HostsFile.text(for: first, peers: [first, second], services: services)
        #expect(text.contains("127.64.1.1\tworker-0\n"))
        #expect(text.contains("127.64.1.2\tworker-1.default.svc.cluster.local\tworker-1.default.svc\t"))
        #expect(text.hasPrefix("127.0.0.1\tlocalhost\n"))
    }

    @Test("a service without a selector, or of another namespace, names nobody") func noNames() throws {
        let pod = try peer("a", "127.64.1.1")
        let services = [
            try service("all", spec: ["clusterIP": "None"]),
            try service("other", namespace: "elsewhere", spec: ["selector": ["job": "a"]]),
        ]
        let text = HostsFile.text(for: pod, peers: [pod], services: services)
        #expect(!text.contains("all."))
        #expect(!text.contains("other."))
    }

    @Test("hostname and subdomain give a pod a full name; aliases are added") func ownNames() throws {
        let pod = try peer(
            "a", "127.64.1.1",
            ["hostname": "h", "subdomain": "s", "hostAliases": [["ip": "127.0.0.9", "hostnames": ["x", "y"]]]])
        let text = HostsFile.text(for: pod, peers: [], services: [])
        #expect(text.contains("127.64.1.1\th.s.default.svc.cluster.local\th\n"))
        #expect(text.contains("127.0.0.9\tx\ty\n"))
    }
}

@Suite("Files of volumes")
struct ProjectedFilesTests {
    private func item(_ json: JSONValue) throws -> VolumeManifest.KeyToPath { try json.decode() }

    @Test("all keys, or the chosen ones under their paths and modes") func keys() throws {
        let object = ["a": Array("1".utf8), "b": Array("2".utf8)]
        var all = ProjectedFiles()
        try all.add(object, of: "configmap \"c\"", items: nil, defaultMode: 0o600, isOptional: false)
        #expect(all.files == ["a": .init(content: [0x31], mode: 0o600), "b": .init(content: [0x32], mode: 0o600)])
        var chosen = ProjectedFiles()
        try chosen.add(
            object, of: "configmap \"c\"", items: [item(["key": "a", "path": "x/y", "mode": 256])], defaultMode: nil,
            isOptional: false)
        #expect(chosen.files == ["x/y": .init(content: [0x31], mode: 0o400)])
    }

    @Test("a missing key is named, unless it is optional") func missingKey() throws {
        var files = ProjectedFiles()
        let items = [try item(["key": "k", "path": "p"])]
        try files.add([:], of: "secret \"s\"", items: items, defaultMode: nil, isOptional: true)
        #expect(files.files.isEmpty)
        #expect(throws: ProjectedFiles.Problem.self) {
            try files.add([:], of: "secret \"s\"", items: items, defaultMode: nil, isOptional: false)
        }
    }

    @Test("no path leaves its volume", arguments: ["../x", "/etc/passwd", "a/../../b", "a//b", ""])
    func escape(path: String) {
        var files = ProjectedFiles()
        #expect(throws: ProjectedFiles.Problem.self) { try files.add(path, [], mode: 0o644) }
    }

    @Test("ConfigMaps hold text and bytes, Secrets base64") func content() {
        #expect(
            ProjectedFiles.content(configMap: ["data": ["a": "x"], "binaryData": ["b": "AAE="]])
                == ["a": [0x78], "b": [0, 1]])
        #expect(ProjectedFiles.content(secret: ["data": ["p": "aHVudGVyMg=="]]) == ["p": Array("hunter2".utf8)])
    }
}

@Suite("Programs, names and ports")
struct LocalSettingsTests {
    @Test("binaries: KUBEBUILDER_ASSETS first, then PATH, then what was built") func binaries() throws {
        let environment = ["KUBEBUILDER_ASSETS": "/assets", "PATH": "/bin:/usr/bin", "AERIE_CACHE": "/cache"]
        let there: Set<String> = [
            "/assets/kube-apiserver", "/usr/bin/kube-apiserver", "/usr/bin/etcd",
            "/cache/kubernetes/bin/kube-controller-manager", "/cache/kubernetes/bin/kube-scheduler",
        ]
        let found = try ControlPlaneBinaries.find(environment: environment, isExecutable: there.contains)
        #expect(
            found
                == ControlPlaneBinaries(
                    etcd: "/usr/bin/etcd", apiServer: "/assets/kube-apiserver",
                    controllerManager: "/cache/kubernetes/bin/kube-controller-manager",
                    scheduler: "/cache/kubernetes/bin/kube-scheduler"))
    }

    @Test("missing binaries are all named, with the way to get them") func missingBinaries() throws {
        let error = #expect(throws: LocalClusterError.self) {
            try ControlPlaneBinaries.find(environment: ["AERIE_CACHE": "/cache"]) { $0.hasSuffix("/etcd") }
        }
        #expect(error?.description.contains("kube-apiserver, kube-controller-manager, kube-scheduler") == true)
        #expect(error?.description.contains("make setup") == true)
    }

    @Test("an image table takes name=program and says what is wrong with anything else") func imageTable() throws {
        var table = ImageTable()
        try table.add(argument: "registry:5000/shell:v1=/bin/sh", workingDirectory: "/")
        #expect(table.entries["registry:5000/shell:v1"]?.program == "/bin/sh")
        #expect(throws: LocalClusterError.self) { try table.add(argument: "no-program", workingDirectory: "/") }
        #expect(throws: LocalClusterError.self) { try table.add(argument: "x=/etc/passwd", workingDirectory: "/") }
    }

    @Test("a name that is no name is refused", arguments: ["", "a/b", "ü", "a b"]) func clusterName(name: String) {
        #expect(throws: LocalClusterError.self) {
            try LocalCluster(.init(name: name), environment: [:], logger: Logger(label: "test"))
        }
    }

    @Test("pods get different addresses, keep theirs, and give them back") func addresses() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/aerie-ip-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? Files.remove(folder) }
        let state = StateDirectory(path: folder)
        try state.create()
        let addresses = PodAddresses(state: state)
        let given = try (0..<300).map { try addresses.address(ofPod: "pod-\($0)") }
        #expect(Set(given).count == 300)
        #expect(given.allSatisfy { $0.hasPrefix("127.64.") && !$0.hasSuffix(".0") && !$0.hasSuffix(".255") })
        #expect(try addresses.address(ofPod: "pod-7") == given[7])
        #expect(try PodAddresses(state: state).address(ofPod: "pod-7") == given[7], "also after a restart")
        addresses.release(pod: "pod-7")
        #expect(try addresses.address(ofPod: "new") != given[7], "an address is not reused at once")
    }

    @Test("the node says what it offers") func node() {
        let node = NodeObject(
            name: "n", address: "127.0.0.1", kubeletPort: 1, capacity: .init(processors: 4, memory: 1 << 30, gpus: 2),
            version: "1", readySince: Time(seconds: 0))
        let status = node.status(now: Time(seconds: 60))
        #expect(status["capacity"]?["cpu"] == "4")
        #expect(status["allocatable"]?["memory"] == "1048576Ki")
        #expect(status["capacity"]?["nvidia.com/gpu"] == "2")
        #expect(status["conditions"]?.arrayValue?.last?["type"] == "Ready")
        #expect(node.labels["kubernetes.io/hostname"] == "n")
    }
}

@Suite("Releases of Kubernetes")
struct KubernetesReleaseTests {
    @Test(
        "what the programs print",
        arguments: [
            ("Kubernetes v1.20.2\n", KubernetesRelease(major: 1, minor: 20)),
            ("Kubernetes v1.36.0-rc.1", KubernetesRelease(major: 1, minor: 36)),
            ("Kubernetes v1.32+\n", KubernetesRelease(major: 1, minor: 32)), ("flag provided but not defined", nil),
        ])
    func version(text: String, release: KubernetesRelease?) {
        #expect(KubernetesRelease(text) == release)
    }
}
