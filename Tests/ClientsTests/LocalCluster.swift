import FoundationEssentials
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What `aerie local up` starts, with the controller as a pod in it: a cluster as people have it on their machine.
struct LocalCluster: Sendable {
    let kubeconfig: String

    /// The one that the suite's tests share.
    @TaskLocal static var current: LocalCluster?

    /// Runs one command of kubectl, which must succeed, and returns what it prints.
    @discardableResult
    func kubectl(_ arguments: String...) async throws -> String {
        let outcome = try await kubectl(outcomeOf: arguments)
        guard outcome.status == 0 else {
            throw Failure(description: "kubectl \(arguments.joined(separator: " ")): \(outcome.error)")
        }
        return outcome.output
    }

    func kubectl(outcomeOf arguments: [String]) async throws -> Tool.Outcome {
        try await Tool.outcome(
            of: "kubectl", ["--kubeconfig", kubeconfig, "--cache-dir", "\(kubeconfig)-cache"] + arguments)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// Starts a cluster, calls `body`, and stops the cluster however that ends.
    static func run(_ body: (LocalCluster) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aerie-clients-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(folder)/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await writeImages(to: "\(folder)/images.json", programs: "\(folder)/bin")

        // The cluster ends with the shell's input, so that it never outlives the tests.
        let script = """
            "$1" local up --state "$2/cluster" --images "$2/images.json" > "$2/log" 2>&1 & cluster=$!
            cat > /dev/null
            kill "$cluster"; wait "$cluster" || true
            """
        let outcome = try await Subprocess.run(
            .name("bash"), arguments: ["-c", script, "cluster", try Tool.program("aerie"), folder],
            input: .inputWriter, output: .discarded, error: .discarded
        ) { execution -> Result<Void, any Error> in
            let result: Result<Void, any Error>
            do {
                let cluster = LocalCluster(kubeconfig: "\(folder)/cluster/kubeconfig")
                try await cluster.install(log: "\(folder)/log")
                try await body(cluster)
                result = .success(())
            } catch { result = .failure(error) }
            // Thrown from here, the error would kill the shell before it has stopped the cluster.
            try await execution.standardInputWriter.finish()
            return result
        }
        try outcome.closureResult.get()
    }

    /// The controller, a shell, and the Python of the tests, as images.
    private static func writeImages(to path: String, programs: String) async throws {
        let home = try await PythonReference.run("import sys; print(sys.base_prefix, end='')")
        // Notebooks' images call it `python`; the machine may not.
        try Data("#!/bin/sh\nexec \(home)/bin/python3 \"$@\"\n".utf8).write(to: URL(filePath: "\(programs)/python"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(programs)/python")
        let images = """
            {"images": {
                "aerie-controller:local": {"program": "\(try Tool.program("aerie-controller"))"},
                "shell:local": {"program": "/usr/bin/bash"},
                "python:local": {"program": "\(programs)/python", "paths": ["\(home)"]}
            }}
            """
        try Data(images.utf8).write(to: URL(filePath: path))
    }

    private func install(log: String) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await kubectl(outcomeOf: ["get", "node", "--output", "name"]).output.isEmpty {
            guard ContinuousClock.now < deadline else {
                let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                throw Failure(description: "the cluster did not start: \(text.suffix(2_000))")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        try await kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=120s")
        let version = try TemporaryFile(try await kubectl("get", "--raw", "/version"))
        let folder = try await Tool.run(
            "bash", ["-c", "\"$1/scripts/manifests-for\" local < \"$2\"", "manifests", Self.repository, version.path])
        try await kubectl("apply", "--kustomize", "\(Self.repository)/\(folder.split(separator: "\n").joined())")
        try await kubectl(
            "--namespace", "aerie-system", "rollout", "status", "deployment/aerie-controller", "--timeout=120s")
    }
}

/// One cluster for all tests of a suite.
struct WithLocalCluster: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await LocalCluster.run { cluster in
            try await LocalCluster.$current.withValue(cluster) { try await function() }
        }
    }
}

extension Trait where Self == WithLocalCluster {
    static var localCluster: Self { Self() }
}
