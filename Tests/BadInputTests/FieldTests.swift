import AerieAPI
import KubernetesAPI
import KubernetesClient
import TestCluster
import Testing

/// Every field of every kind, with every value that its schema does not allow: the API server refuses the object and
/// names the field.
@Suite(.timeLimit(.minutes(10))) struct FieldTests {
    @Test(arguments: AerieCRDs.all.map(\.resource)) func `every mistake is refused by the name of its field`(
        resource: Resource
    ) async throws {
        let cluster = try await OperatorCluster.shared()
        let namespace = resource.isNamespaced ? try await cluster.namespace() : ""
        let definition = try #require(AerieCRDs.all.first { $0.resource == resource })
        let mistakes = Mistake.all(in: definition.spec.json, at: [.member("spec")])
        // A walk that finds nothing would prove nothing.
        #expect(mistakes.count >= Self.least[resource.kind] ?? .max, "\(resource.kind): \(mistakes.count)")

        try await withThrowingTaskGroup(of: Void.self) { group in
            for slice in 0..<Self.concurrency {
                group.addTask {
                    for index in stride(from: slice, to: mistakes.count, by: Self.concurrency) {
                        let name = "mistake-\(index)"
                        try await refuse(mistakes[index], resource, namespace, name, cluster.admin)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func refuse(
        _ mistake: Mistake, _ resource: Resource, _ namespace: String, _ name: String, _ client: KubernetesClient
    ) async throws {
        let manifest = Manifest(Reference(resource, namespace: namespace, name: name), mistake.object)
        do throws(KubernetesError) {
            try await client.create(manifest)
            Issue.record("\(resource.kind) with \(mistake.sentence) was taken")
        } catch {
            #expect(error.reason == .invalid, "\(mistake.sentence): \(error)")
            #expect(Self.names(mistake.field, in: error.message), "\(mistake.sentence): \(error.message)")
        }
    }

    /// Older servers leave the index of a list's element out of the path.
    private static func names(_ field: String, in message: String) -> Bool {
        let plain = field.replacing("[0]", with: "")
        return message.contains(field) || message.replacing("[0]", with: "").contains(plain)
    }

    private static let concurrency = 8
    /// How many mistakes each kind has at least; more fields make more.
    private static let least = [
        "TrainingExperiment": 150, "Trial": 100, "ModelPromotion": 60, "AcceleratorProfile": 20, "TFJob": 1_900,
    ]
}
