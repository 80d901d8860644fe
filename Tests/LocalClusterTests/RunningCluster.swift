import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import LocalCluster
import Logging
import Testing

/// Runs one real local cluster around all tests of a suite.
///
/// One GPU, one second of restart delay, and `host-shell:local`, an image that is the machine's shell.
struct RunningCluster: SuiteTrait, TestScoping {
    @TaskLocal static var current: RunningCluster.Access?

    /// What tests need to know about the cluster.
    struct Access: Sendable {
        var client: KubernetesClient
        var state: StateDirectory
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let state = StateDirectory(path: Self.temporaryFolder())
        defer { try? Files.remove(state.path) }
        var images = ImageTable()
        try images.add(argument: "host-shell:local=/bin/sh", workingDirectory: "/")
        var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let cluster = try LocalCluster(
            LocalCluster.Options(
                name: "test", stateDirectory: state, gpus: 1, images: images, restartDelay: .seconds(1)),
            environment: ProcessInfo.processInfo.environment, logger: logger)
        try await cluster.run { client in
            try await Self.$current.withValue(Access(client: client, state: state)) { try await function() }
        }
    }

    static func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.path + "/aerie-local-\(UInt64.random(in: 0...UInt64.max))"
    }
}

extension Trait where Self == RunningCluster {
    static var runningCluster: Self { RunningCluster() }
}

extension RunningCluster.Access {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private func reference(_ pod: String) -> Reference {
        Reference(Pod.resource, namespace: "default", name: pod)
    }

    /// Creates a pod of `host-shell:local` that runs a script.
    func create(
        _ name: String, _ script: String, restartPolicy: String = "Never", container: JSONValue = [:],
        spec extra: JSONValue = [:], labels: [String: String] = [:]
    ) async throws {
        var main = container
        main["name"] = "main"
        main["image"] = container["image"] ?? "host-shell:local"
        if !script.isEmpty { main["args"] = ["-c", .string(script)] }
        var spec = extra
        spec["restartPolicy"] = .string(restartPolicy)
        spec["containers"] = [main]
        try await create(
            reference(name), ["metadata": ["labels": JSONValue(labels)], "spec": spec])
    }

    func create(_ reference: Reference, _ body: JSONValue) async throws {
        try await client.create(Manifest(reference, body))
    }

    func status(_ pod: String) async throws -> JSONValue {
        try await client.get(reference(pod))["status"] ?? .null
    }

    /// Waits until a pod's status is as wished, and returns it.
    @discardableResult
    func wait(
        _ pod: String, _ what: String, seconds: Int = 40, until holds: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var status = try await status(pod)
        while !holds(status) {
            guard ContinuousClock.now < deadline else { throw Failure(description: "\(pod) is not \(what): \(status)") }
            try await Task.sleep(for: .milliseconds(50))
            status = try await self.status(pod)
        }
        return status
    }

    @discardableResult
    func wait(_ pod: String, phase: String, seconds: Int = 40) async throws -> JSONValue {
        try await wait(pod, phase, seconds: seconds) { $0["phase"]?.stringValue == phase }
    }

    func waitUntilGone(_ pod: String, seconds: Int = 40) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            do throws(KubernetesError) {
                _ = try await client.get(reference(pod))
            } catch {
                guard error.reason == .notFound else { throw error }
                return
            }
            guard ContinuousClock.now < deadline else { throw Failure(description: "\(pod) is not gone") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func delete(_ pod: String, gracePeriod: Int? = nil) async throws {
        try await client.delete(reference(pod), DeleteOptions(gracePeriodSeconds: gracePeriod))
    }

    func log(_ pod: String, _ options: LogOptions = LogOptions()) async throws -> String {
        let body = try await client.log(ObjectKey(namespace: "default", name: pod), options)
        return String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    /// Runs a pod to its success and returns what it printed.
    func output(
        _ name: String, _ script: String, container: JSONValue = [:], spec: JSONValue = [:]
    ) async throws -> String {
        try await create(name, script, container: container, spec: spec)
        let status = try await wait(name, "over") { ["Succeeded", "Failed"].contains($0["phase"]?.stringValue) }
        let log = try await log(name)
        guard status["phase"] == "Succeeded" else {
            throw Failure(description: "\(name) failed: \(status)\n\(log)")
        }
        return log
    }
}
