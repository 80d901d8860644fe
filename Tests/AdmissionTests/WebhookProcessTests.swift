import Admission
import AerieAPI
import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestMutation
import TestSupport
import Testing

/// The program itself, at whose door everybody may knock.
extension WebhookTests {
    /// Runs the controller with its webhook while `body` runs; `body` is told the program and the webhook's port.
    private func withProgram(_ body: @escaping @Sendable (ControllerProgram, UInt16) async throws -> Void) async throws
    {
        let webhook = try await WebhookInCluster.shared()
        try await webhook.install()
        let port = try #require(try ControlPlane.freePorts(1).first)
        let namespace = try await webhook.cluster.server.namespace("process")
        let program = try ControllerProgram(
            webhook.cluster, identity: "webhook", "--no-leader-elect", "--namespace", namespace,
            "--leader-election-namespace", OperatorCluster.systemNamespace, "--webhook-server-port", "\(port)",
            "--webhook-url", "https://127.0.0.1:\(port)")
        try await program.run {
            try await eventually("the webhook answers") {
                try? await Tool.run("curl", ["--silent", "--insecure", "--data", "{}", Self.url(.tfJob, port)])
            }
            try await body(program, port)
        }
        try await webhook.uninstall()
    }

    private static func url(_ kind: World.Kind, _ port: UInt16) -> String {
        let rules = AdmissionRules.all.first { $0.resource.kind == kind.rawValue }
        return "https://127.0.0.1:\(port)\(rules?.path ?? "")"
    }

    private static func review(_ object: Document) -> Document {
        [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": ["uid": "7", "operation": "CREATE", "namespace": "default", "object": object],
        ]
    }

    /// Objects that nobody means well with, each with what the answer says.
    private static let hostile: [(kind: World.Kind, path: String, value: Document, words: String)] = [
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("-9223372036854775808"), "replicas"),
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("9223372036854775807"), "replicas"),
        (.tfJob, "spec.runPolicy.backoffLimit", .token("9223372036854775807"), "backoffLimit"),
        (.tfJob, "spec.runPolicy.ttlSecondsAfterFinished", .token("-9223372036854775808"), "ttlSecondsAfterFinished"),
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("1e300"), "replicas"),
        (.tfJob, "spec.tfReplicaSpecs.Worker.template.spec.containers", 7, "containers"),
        (.tfJob, "metadata.name", .text(String(repeating: "a", count: 100_000)), "metadata.name"),
        (.experiment, "spec.parameters.1.int", ["min": 8, "max": 4], "spec.parameters[1].int.min"),
        (.experiment, "spec.parameters.1.int.step", 0, "step"),
        (.experiment, "spec.maxTrials", .token("9223372036854775807"), "spec.maxTrials"),
        (.experiment, "spec.parallelTrials", .token("-9223372036854775808"), "spec.parallelTrials"),
        (.experiment, "spec.objective.metric", .text("\u{0}\u{202E}"), "spec.objective.metric"),
        (.trial, "spec.parameters.batchSize", .token("9223372036854775807"), "batchSize"),
        (.trial, "spec.checkpoints.uri", "pvc:///", "spec.checkpoints.uri"),
        (.promotion, "spec.serving.replicas", .token("9223372036854775807"), "replicas"),
        (.promotion, "spec.checkpoint.digest", "sha256:", "spec.checkpoint.digest"),
        (.profile, "spec.allowedNamespaces.0", "Team A", "spec.allowedNamespaces[0]"),
        (.profile, "spec.tolerations", [["value": "x"]], "spec.tolerations[0].key"),
    ]

    @Test func `hostile reviews of every kind are refused, and the process lives`() async throws {
        try await withProgram { program, port in
            let transport = try AsyncHTTPTransport(tls: TLSOptions(skipsVerification: true))
            func answer(_ kind: World.Kind, _ body: [UInt8]) async throws -> (status: Int, body: String) {
                let request = HTTPRequest(.post, Self.url(kind, port), body: HTTPBody(body))
                let response = try await transport.send(request)
                return (response.status, String(decoding: try await response.collect(upTo: 1 << 24), as: UTF8.self))
            }
            for (kind, path, value, words) in Self.hostile {
                var object = World(kind).objectWithoutStatus
                object.set(path, value)
                let reply = try await answer(kind, Self.review(object).bytes)
                #expect(reply.status == 200, "\(kind) \(path)")
                let response = try JSONValue(parsing: reply.body)["response"]
                #expect(response?["allowed"] == false, "\(kind) \(path)")
                #expect(reply.body.contains(words), "\(kind) \(path): \(reply.body.prefix(1_000))")
            }
            for kind in World.Kind.allCases {
                let good = try await answer(kind, Self.review(World(kind).objectWithoutStatus).bytes)
                #expect(try JSONValue(parsing: good.body)["response"]?["allowed"] == true, "\(good.body)")
            }
            let deep = Array(String(repeating: "[", count: 100_000).utf8)
            #expect(try await answer(.tfJob, deep).status == 400)
            let dense = Array(String(repeating: "[0],", count: 200_000).utf8)
            #expect(try await answer(.tfJob, dense).status == 413)
            let large = Array(repeating: UInt8(ascii: " "), count: AdmissionHandler.maximumBodyBytes + 1)
            #expect(try await answer(.tfJob, large).status == 413)
            #expect(program.starts == 1)
        }
    }

    /// `limits.memory` of `deploy/base/controller.yaml`, in bytes.
    private static let memoryLimit = 512 << 20

    @Test func `a crowd of stalled and dense bodies leaves the memory and the answers of others alone`() async throws {
        let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        let deployment = try String(contentsOfFile: "\(folder)/../../deploy/base/controller.yaml", encoding: .utf8)
        #expect(deployment.contains("limits: {memory: 512Mi}"))
        try await withProgram { program, port in
            let good = Self.review(World(.tfJob).objectWithoutStatus)
            let review = try TemporaryFile(String(decoding: good.bytes, as: UTF8.self))
            let said = try await Tool.run(
                "python3",
                [
                    "\(folder)/crowd.py", "\(port)", "200", "50", "\(AdmissionHandler.maximumBodyBytes)", review.path,
                ])
            let outcome = try JSONValue(parsing: said)
            let dense = (outcome["dense"]?.arrayValue ?? []).compactMap(\.intValue)
            #expect(dense.count == 50)
            #expect(dense.allSatisfy { [0, 408, 413, 503].contains($0) }, "\(dense)")
            let proper = outcome["proper"]?.arrayValue ?? []
            #expect(proper.count >= 10)
            for answer in proper {
                #expect(answer[0]?.intValue == 200)
                #expect(answer[1]?.doubleValue ?? .infinity < 5, "seconds")
            }
            let process = try #require(program.process)
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let peak = try #require(
                status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first)
            let bytes = try #require(Int(peak)) << 10
            print("peak of the crowd: \(bytes >> 20) MiB, \(dense), \(proper.count) proper answers")
            #expect(bytes < Self.memoryLimit)
        }
    }
}
