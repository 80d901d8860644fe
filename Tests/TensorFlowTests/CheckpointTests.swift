import FoundationEssentials
import TensorFlow
import Testing

@Suite struct CheckpointTests {
    /// A graph with two variables that are saved and restored.
    private struct Model {
        let graph = Graph()
        let numbers: Variable
        let counter: Variable
        let double: Operation
        let operations: CheckpointOperations
        let session: Session

        init() throws {
            numbers = try Variable(
                "layer/numbers", initialValue: graph.constant([1, 2, 3] as [Float]), shape: [3], in: graph)
            counter = try Variable("counter", initialValue: graph.constant(Int64(0)), shape: [], in: graph)
            let count = try counter.assignAdd(graph.constant(Int64(1)))
            double = try numbers.assignAdd(numbers.value, after: [count])
            operations = try CheckpointOperations(
                variables: [numbers, counter], constants: ["note": graph.constant(string: "terra")], in: graph)
            session = try Session(graph)
            try session.run(targets: [numbers.initializer, counter.initializer])
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aerie-tf-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("variables are saved, changed and restored; constants are saved beside them")
    func saveAndRestore() throws {
        try withFolder { folder in
            let model = try Model()
            try model.session.run(targets: [model.double])
            try model.operations.save(to: "\(folder)/ckpt-1", in: model.session)
            try model.session.run(targets: [model.double])
            #expect(try model.session.run(fetch: model.numbers.value).scalars() == [4, 8, 12] as [Float])

            let other = try Model()
            try other.operations.restore(from: "\(folder)/ckpt-1", in: other.session)
            #expect(try other.session.run(fetch: other.numbers.value).scalars() == [2, 4, 6] as [Float])
            #expect(try other.session.run(fetch: other.counter.value).scalar() == Int64(1))

            let read = try Checkpoint(prefix: "\(folder)/ckpt-1").read([("note", .string), ("counter", .int64)])
            #expect(try read[0].strings() == ["terra"])
            #expect(try read[1].scalar() == Int64(1))
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(files == ["ckpt-1.data-00000-of-00001", "ckpt-1.index"])
        }
    }

    @Test("what is not there, and what is damaged, is an error and not a value")
    func refusals() throws {
        try withFolder { folder in
            let model = try Model()
            let prefix = "\(folder)/ckpt-1"
            let missing = #expect(throws: TFError.self) {
                try model.operations.restore(from: prefix, in: model.session)
            }
            #expect(missing?.code == .notFound)
            try model.operations.save(to: prefix, in: model.session)
            let unknown = #expect(throws: TFError.self) { try Checkpoint(prefix: prefix).read([("no", .float)]) }
            #expect(unknown?.code == .notFound)
            let index = URL(filePath: "\(prefix).index")
            var bytes = try Data(contentsOf: index)
            bytes[bytes.startIndex + 10] ^= 1
            try bytes.write(to: index)
            #expect(throws: TFError.self) { try Checkpoint(prefix: prefix).read([("counter", .int64)]) }
        }
    }

    @Test("an exported model is loaded and called by name, and the same model gives the same bytes")
    func savedModel() throws {
        try withFolder { folder in
            let definitions = try (1...2).map { number in
                let path = "\(folder)/\(number)"
                try FileManager.default.createDirectory(
                    atPath: "\(path)/variables", withIntermediateDirectories: true)
                let graph = Graph()
                let x = try graph.placeholder(.float, shape: [nil, 2], name: "x")
                let weights = try Variable(
                    "weights", initialValue: graph.constant(Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])),
                    shape: [2, 2], in: graph)
                let y = try graph.add("MatMul", name: "y", x, weights.value).output
                let writer = try SavedModelWriter(graph, variables: [weights])
                let session = try Session(graph)
                try session.run(targets: [weights.initializer])
                let signature = Signature(
                    inputs: ["x": try TensorSpecification(x)], outputs: ["y": try TensorSpecification(y)])
                let bytes = try writer.write(
                    to: path, session: session, signatures: [Signature.servingDefault: signature])
                try Data(bytes).write(to: URL(filePath: "\(path)/saved_model.pb"))
                return bytes
            }
            #expect(definitions[0] == definitions[1])
            let model = try SavedModel(directory: "\(folder)/1")
            #expect(model.tensorFlowVersion == TensorFlowLibrary.version)
            #expect(model.signatures["serving_default"]?.outputs["y"]?.shape == [nil, 2])
            let result = try model.run(inputs: ["x": Tensor([1, 1] as [Float], shape: [1, 2])])
            #expect(try result["y"]?.scalars() == [4, 6] as [Float])
            #expect(throws: TFError(.invalidArgument, "unknown input \"z\"; serving_default takes x")) {
                try model.run(inputs: ["z": Tensor(Float(1))])
            }
            let missing = #expect(throws: TFError.self) { try SavedModel(directory: "\(folder)/none") }
            #expect(missing?.code == .notFound)
        }
    }
}
