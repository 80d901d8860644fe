import AerieAPI
import FoundationEssentials
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestSupport
import Testing

/// `aerie support-bundle` against a server with secrets in every place where people put them.
extension LifecycleTests {
    /// What must not be found, however it was written.
    private static let planted = "pl4nted"

    private static let arguments = [
        "--password", "\(planted)1", "--api-key=\(planted)2", "TOKEN=\(planted)3",
        "https://user:\(planted)4@registry.example/x",
        "Authorization: Bearer \(planted)5abcdef", #"{"secret": "\#(planted)6"}"#,
        "-----BEGIN RSA PRIVATE KEY-----\n\(planted)7\n-----END RSA PRIVATE KEY-----",
        "https://s3.example/x?X-Amz-Signature=\(planted)8&y=1", "eyJhbGciOiJI.\(planted)9abcdefgh.c2ln",
    ]

    private func plant(_ cluster: InstallCluster, _ namespace: String) async throws {
        try await cluster.admin.create(
            Manifest(
                Reference(Kinds.secret, namespace: namespace, name: "credentials"),
                ["stringData": ["password": .string(Self.planted)]]))
        var job = Samples.tfJob("mnist", in: namespace, workers: 1).body
        job["metadata"] = ["annotations": ["team.example/note": .string(Self.planted)]]
        job["spec"] = [
            "tfReplicaSpecs": [
                "Worker": [
                    "restartPolicy": "Never",
                    "template": [
                        "metadata": ["annotations": ["team.example/note": .string(Self.planted)]],
                        "spec": [
                            "containers": [
                                [
                                    "name": "tensorflow", "image": "mnist:1",
                                    "env": [["name": "WANDB", "value": .string(Self.planted)]],
                                    "args": .array(Self.arguments.map { .string($0) }),
                                ]
                            ]
                        ],
                    ],
                ]
            ]
        ]
        try await cluster.admin.create(
            Manifest(Reference(TFJob.resource, namespace: namespace, name: "mnist"), job))
    }

    private func unpack(_ archive: String) async throws -> [String: String] {
        let folder = "\(archive)-files"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await Tool.run("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"])
        var files: [String: String] = [:]
        for path in try await Tool.run("find", [folder, "-type", "f"]).split(separator: "\n").map(String.init) {
            files[String(path.dropFirst(folder.count + 1))] = try String(contentsOfFile: path, encoding: .utf8)
        }
        return files
    }

    @Test func `a support bundle tells what happened, and no secret`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        try await cluster.install(try await Rendering("deploy").fit(for: cluster.release))
        let namespace = try await cluster.namespace("bundle")
        try await plant(cluster, namespace)
        try await cluster.withController {
            try await cluster.withPods(in: namespace, { _ in .runs }) {
                try await cluster.wait(for: "Running", of: "mnist", in: namespace)
                try await cluster.waitForEvent("SuccessfulCreatePod", in: namespace)
            }
        }
        let file = try TemporaryFile()
        let program = try Tool.program("aerie")
        let options = ["support-bundle", "-n", namespace, "-o", file.path, "--kubeconfig"]
        let outcome = try await Tool.outcome(of: program, options + ["\(cluster.server.directory)/admin.kubeconfig"])
        #expect(outcome.status == 0, "\(outcome.error)")
        let files = try await unpack(file.path)
        #expect(files["about.yaml"]?.contains("kubernetes: v1.") == true)
        #expect(files["\(namespace)/tfjobs.yaml"]?.contains("name: mnist") == true)
        #expect(files["\(namespace)/pods.yaml"]?.contains("mnist-worker-0") == true)
        #expect(files["\(namespace)/events.yaml"]?.contains("SuccessfulCreatePod") == true)
        #expect(files["cluster/customresourcedefinitions.yaml"]?.contains("tfjobs.kubeflow.org") == true)
        #expect(files["aerie-system/deployments.yaml"]?.contains("aerie-controller:0.1.0") == true)
        // No program runs here, so the log is empty; a server with a kubelet would have it.
        #expect(files["\(namespace)/logs/mnist-worker-0/tensorflow.log"] != nil)
        #expect(files["MISSING.txt"] == "Nothing is missing.\n")
        for (name, text) in files { #expect(!text.contains(Self.planted), "\(name)") }
        #expect(!files.keys.contains { $0.contains("secret") })
    }

    @Test func `an account with few rights gets what it may read, within the size that was asked for`() async throws {
        let cluster = try await InstallCluster.shared()
        try await cluster.clear()
        try await cluster.install(try await Rendering("deploy").fit(for: cluster.release))
        let namespace = try await cluster.namespace("bundle")
        for number in 1...4 {
            var job = Samples.tfJob("large-\(number)", in: namespace, workers: 1).body
            job["metadata"] = ["annotations": ["aerie.dev/note": .string(String(repeating: "x", count: 200_000))]]
            try await cluster.admin.create(
                Manifest(Reference(TFJob.resource, namespace: namespace, name: "large-\(number)"), job))
            try await cluster.admin.create(
                Manifest(
                    Reference(TrainingExperiment.resource, namespace: namespace, name: "large-\(number)"),
                    [
                        "metadata": job["metadata"] ?? [:],
                        "spec": Samples.experiment("x", in: namespace).body["spec"] ?? [:],
                    ]))
        }
        try await cluster.run([
            "create", "rolebinding", "v", "--clusterrole=view", "--serviceaccount=\(namespace):default", "-n",
            namespace,
        ])
        let account = ObjectKey(namespace: namespace, name: "default")
        let token = try await cluster.admin.token(serviceAccount: account).token
        let kubeconfig = try cluster.server.kubeconfig(token: token)
        let file = try TemporaryFile()
        // The role is put together a moment after its parts were installed.
        let files = try await eventually("the account may see jobs") {
            let outcome = try await Tool.outcome(
                of: try Tool.program("aerie"),
                [
                    "support-bundle", "--max-size", "1", "-n", namespace, "-o", file.path, "--kubeconfig",
                    kubeconfig.path,
                ])
            guard outcome.status == 0 else { throw InstallCluster.Failure(description: outcome.error) }
            let files = try await unpack(file.path)
            return files["\(namespace)/trainingexperiments.yaml"] == nil ? nil : files
        }
        #expect(files["MISSING.txt"]?.contains("cluster/nodes.yaml: Forbidden") == true)
        #expect(files["MISSING.txt"]?.contains("only the last") == true)
        #expect(files.filter { $0.key != "MISSING.txt" }.values.reduce(0) { $0 + $1.utf8.count } <= 1 << 20)
    }
}
