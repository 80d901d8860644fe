import FoundationEssentials
import HTTPTransport
import KubernetesAPI
import Serving
import TensorFlow
import TestSupport
import Testing

@Suite("A model that Swift exported", .timeLimit(.minutes(10))) struct OwnExportTests {
    @Test("The server answers as Python's tf.saved_model.load does, to the last bit")
    func parity() async throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/own-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try export(to: "\(folder)/own/7")

        let rows: [[Float]] = [[0.1, -2.5, 1e-3], [3, 4, 5], [.pi, 0, -1]]
        let answers = try await PythonReference.run(
            """
            import json, sys
            import tensorflow as tf
            model = tf.saved_model.load(sys.argv[1])
            outputs = model.signatures["serving_default"](tf.constant(json.loads(sys.argv[2]), tf.float32))
            print(json.dumps(outputs["probabilities"].numpy().tolist()))
            """, ["\(folder)/own/7", "\(rows)"])
        let expected = try JSONValue(parsing: answers.trimmingSuffix { $0.isWhitespace }).decode([[Float]].self)

        try await withServer(of: "own", configure: { $0.modelBasePath = folder }) { client in
            let answer = try await client.predict("{\"instances\": \(rows)}", model: "own")
            try #require(answer.status == 200, "\(answer.error)")
            let predictions = try #require(try answer.json["predictions"]).decode([[Float]].self)
            #expect(predictions == expected)
            #expect(try await client.get("/v1/models/own/versions/7").status == 200)
        }
    }

    /// A softmax regression with fixed weights.
    private func export(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/variables", withIntermediateDirectories: true)
        let graph = Graph()
        let input = try graph.placeholder(.float, shape: [nil, 3], name: "x")
        let values = (0..<6).map { Float($0) / 7 - 0.3 }
        let start = try graph.constant(Tensor(values, shape: [3, 2]), name: "start")
        let weights = try Variable("weights", initialValue: start, shape: [3, 2], in: graph)
        let logits = try graph.add("MatMul", input, weights.value).output
        let probabilities = try graph.add("Softmax", name: "probabilities", logits).output
        let writer = try SavedModelWriter(graph, variables: [weights])
        let session = try Session(graph)
        try session.run(targets: [weights.initializer])
        let signature = Signature(
            inputs: ["x": try TensorSpecification(input)],
            outputs: ["probabilities": try TensorSpecification(probabilities)])
        let bytes = try writer.write(
            to: folder, session: session, signatures: [Signature.servingDefault: signature])
        try Data(bytes).write(to: URL(filePath: "\(folder)/saved_model.pb"))
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        String(reversed().drop(while: predicate).reversed())
    }
}
