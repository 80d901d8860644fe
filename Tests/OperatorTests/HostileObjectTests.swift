import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import TestMutation
import Testing

/// Where there is no webhook, a server stores whatever the schemas let through.
@Suite(.timeLimit(.minutes(10))) struct HostileObjectTests {
    /// What is stored by hand: the bounds of numbers where most is computed from them.
    private static let chosen: [(kind: World.Kind, path: String, value: Document)] = [
        (.tfJob, "spec.runPolicy.activeDeadlineSeconds", .token("9223372036854775807")),
        (.tfJob, "spec.runPolicy.ttlSecondsAfterFinished", .token("2147483647")),
        (.tfJob, "spec.runPolicy.backoffLimit", .token("2147483647")),
        (.tfJob, "spec.runPolicy.schedulingPolicy.minAvailable", .token("2147483647")),
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("2147483647")),
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("-2147483648")),
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("9000000000000000")),
        (.tfJob, "spec.tfReplicaSpecs.Worker.replicas", .token("-9223372036854775808")),
        (.experiment, "spec.parameters.1.int", ["min": 8, "max": 4]),
        (.experiment, "spec.parameters.1.int", ["min": 0, "max": .token("9223372036854775807")]),
        (.experiment, "spec.parameters.1.int", ["min": .token("-9223372036854775808"), "max": 9]),
        (.experiment, "spec.trial.activeDeadlineSeconds", .token("9223372036854775807")),
        (.experiment, "spec.algorithm.seed", .token("9223372036854775807")),
        (.trial, "spec.template.activeDeadlineSeconds", .token("9223372036854775807")),
        (.trial, "spec.number", .token("9223372036854775807")),
    ]

    /// A mutated object under a name of its own, with nothing of what only a server gives.
    private static func object(_ world: World, name: String, in namespace: String) -> Document {
        var object = world.objectWithoutStatus
        object.set("metadata", ["name": .text(name), "namespace": .text(namespace)])
        return object
    }

    private static func resource(_ kind: World.Kind) -> Resource {
        switch kind {
        case .tfJob: TFJob.resource
        case .experiment: TrainingExperiment.resource
        case .trial: Trial.resource
        case .promotion: ModelPromotion.resource
        case .profile: AcceleratorProfile.resource
        }
    }

    /// Stores what the server takes.
    ///
    /// - Returns: how many objects that is.
    private func store(_ cluster: OperatorCluster, in namespace: String) async throws -> Int {
        var worlds: [(World.Kind, World)] = []
        for (kind, path, value) in Self.chosen {
            var world = World(kind)
            world.object.set(path, value)
            worlds.append((kind, world))
            if kind == .tfJob {
                world.object.set("spec.runPolicy.suspend", true)
                worlds.append((kind, world))
            }
        }
        for kind in World.Kind.allCases where kind != .profile {
            worlds += (0..<25).map { (kind, MutationCase(kind, seed: $0).world) }
        }
        var stored = 0
        for (index, (kind, world)) in worlds.enumerated() {
            let name = "hostile-\(index)"
            let object = Self.object(world, name: name, in: namespace)
            guard let body = try? JSONValue(parsing: object.bytes) else { continue }
            let reference = Reference(Self.resource(kind), namespace: namespace, name: name)
            do throws(KubernetesError) {
                _ = try await cluster.admin.create(Manifest(reference, body))
                stored += 1
            } catch {
                #expect(error.code != 500, "\(error)")
            }
        }
        return stored
    }

    @Test func `a controller lives with what a server stores, says what is wrong with it, and other jobs run`()
        async throws
    {
        let cluster = try await OperatorCluster.shared()
        let namespace = try await cluster.namespace()
        #expect(try await store(cluster, in: namespace) > 40)
        let program = try ControllerProgram(
            cluster, identity: "hostile", "--no-leader-elect", "--namespace", namespace)
        try await program.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await cluster.player(in: namespace).play { _ in .ends(exitCode: 0) } }
                try await cluster.admin.create(Samples.tfJob("good", in: namespace, workers: 2))
                try await cluster.wait(for: TFJob.self, namespace, "good", "it succeeds beside the others") {
                    $0.status?.isTrue(.succeeded) == true
                }
                try await Self.expectSentences(TFJob.self, cluster, namespace) { job in
                    job.status?.condition(.stalled)?.message ?? job.status?.condition(.failed)?.message
                }
                try await Self.expectSentences(TrainingExperiment.self, cluster, namespace) { experiment in
                    experiment.status?.conditions.first("Failed")?.message
                }
                try await Self.expectSentences(Trial.self, cluster, namespace) { trial in
                    trial.status?.conditions.first("Failed")?.message
                }
                try await Self.expectSentences(ModelPromotion.self, cluster, namespace) { promotion in
                    promotion.status?.conditions.first("Failed")?.message
                }
            }
        }
        #expect(program.starts == 1)
    }

    /// Waits until each object whose spec is wrong says so.
    private static func expectSentences<Object: CheckedObject>(
        _ type: Object.Type, _ cluster: OperatorCluster, _ namespace: String, sentence: (Object) -> String?
    ) async throws {
        for document in try await cluster.admin.list(Object.resource, Selection(namespace: namespace)) {
            guard let object = try? document.decode(type), !object.validate().isEmpty else { continue }
            try await cluster.wait(for: type, namespace, object.metadata.name, "it says what is wrong") {
                !(sentence($0) ?? "").isEmpty
            }
        }
    }
}
