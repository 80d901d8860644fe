import AerieAPI
import FoundationEssentials
import KubernetesAPI
import KubernetesYAML
import Testing

/// The manifests that people start from.
@Suite struct ExamplesTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../examples").standardized
        .resolvingSymlinksInPath()

    static func manifests() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".yaml") }.sorted()
    }

    private func documents(_ name: String, of kind: String) throws -> [JSONValue] {
        try YAMLReader.documents(Data(contentsOf: Self.folder.appending(path: name)))
            .filter { $0["kind"]?.stringValue == kind }
    }

    @Test(
        "an experiment among the examples is valid, and the schema knows all that it says", arguments: try manifests())
    func experiments(name: String) throws {
        for document in try documents(name, of: TrainingExperiment.resource.kind) {
            #expect(try document.decode(TrainingExperiment.self).validate().isEmpty)
            let written = document["spec"] ?? [:]
            let stored = TrainingExperiment.customResourceDefinition.spec.defaulted(written)
            #expect(written.isContained(in: stored))
        }
    }

    @Test("there are examples of experiments")
    func present() throws {
        let experiments = try Self.manifests().flatMap { try documents($0, of: TrainingExperiment.resource.kind) }
        #expect(!experiments.isEmpty)
    }
}

extension JSONValue {
    fileprivate func isContained(in other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let members), .object): members.allSatisfy { $1.isContained(in: other[$0] ?? .null) }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isContained(in: $1) }
        default: self == other
        }
    }
}
