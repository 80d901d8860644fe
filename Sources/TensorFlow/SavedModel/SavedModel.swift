import CTensorFlow
import SwiftProtobuf

/// A model on disk, loaded and ready to be called by its signatures.
///
/// ```swift
/// let model = try SavedModel(directory: "/models/landsat/1")
/// let results = try model.run(inputs: ["image": Tensor(pixels, shape: [1, 3, 3, 4])])
/// let probabilities = try results["probabilities"]?.scalars(of: Float.self)
/// ```
///
/// `run` may be called from several threads at a time. It blocks while the model computes: call it from a thread of
/// your own, never from Swift's cooperative pool.
public final class SavedModel: Sendable {
    /// By key, for example ``Signature/servingDefault``.
    public let signatures: [String: Signature]
    public let tensorFlowVersion: String
    private let session: Session
    private let calls: [String: Call]

    private struct Call: Sendable {
        var inputs: [String: Output]
        var outputs: [String: Output]
    }

    /// Reads the graph that has exactly these tags, and the values of its variables.
    public init(
        directory: String, tags: [String] = ["serve"], configuration: SessionConfiguration = SessionConfiguration()
    ) throws(TFError) {
        let graph = Graph()
        let meta = Buffer()
        let options = try SessionOptions(configuration)
        let status = Status()
        let session = withCStrings(tags) { tags in
            TF_LoadSessionFromSavedModel(
                options.handle, nil, directory, tags, Int32(tags.count), graph.handle, meta.handle, status.handle)
        }
        try status.check()
        self.session = Session(adopting: session, graph: graph)

        let message: ProtoMetaGraphDef
        do { message = try ProtoMetaGraphDef(serializedBytes: meta.bytes) } catch {
            throw TFError(.dataLoss, "cannot read the signatures of \(directory): \(error)")
        }
        tensorFlowVersion = message.metaInfoDef.tensorflowVersion
        var signatures: [String: Signature] = [:]
        // A marker that Python adds; it has no outputs and cannot be called.
        for (key, definition) in message.signatureDef where key != "__saved_model_init_op" {
            signatures[key] = try Signature(definition)
        }
        self.signatures = signatures
        var calls: [String: Call] = [:]
        for (key, signature) in signatures {
            calls[key] = Call(
                inputs: try Self.resolve(signature.inputs, in: graph),
                outputs: try Self.resolve(signature.outputs, in: graph))
        }
        self.calls = calls
    }

    /// Calls a signature with exactly its inputs and gives all its outputs by name.
    ///
    /// Types and shapes are checked. Throws ``TFError`` `notFound` for an unknown signature, `invalidArgument` for
    /// missing, unknown or unfitting inputs, and whatever the model itself fails with.
    public func run(
        _ key: String = Signature.servingDefault, inputs: [String: Tensor]
    ) throws(TFError) -> [String: Tensor] {
        guard let signature = signatures[key], let call = calls[key] else {
            throw TFError(
                .notFound, "no signature \"\(key)\"; the model has \(signatures.keys.sorted().joined(separator: ", "))")
        }
        for name in inputs.keys.sorted() where signature.inputs[name] == nil {
            throw TFError(
                .invalidArgument,
                "unknown input \"\(name)\"; \(key) takes \(signature.inputs.keys.sorted().joined(separator: ", "))")
        }
        var feeds: [Output: Tensor] = [:]
        for (name, specification) in signature.inputs.sorted(by: { $0.key < $1.key }) {
            guard let tensor = inputs[name], let output = call.inputs[name] else {
                throw TFError(.invalidArgument, "input \"\(name)\" is missing")
            }
            guard tensor.dataType == specification.dataType else {
                throw TFError(
                    .invalidArgument, "input \"\(name)\" must be \(specification.dataType), got \(tensor.dataType)")
            }
            guard specification.shape.accepts(tensor.shape) else {
                throw TFError(
                    .invalidArgument, "input \"\(name)\" must have shape \(specification.shape), got \(tensor.shape)")
            }
            feeds[output] = tensor
        }
        let names = call.outputs.keys.sorted()
        let results = try session.run(feeds: feeds, fetches: names.compactMap { call.outputs[$0] })
        return Dictionary(uniqueKeysWithValues: zip(names, results))
    }

    private static func resolve(
        _ specifications: [String: TensorSpecification], in graph: Graph
    ) throws(TFError) -> [String: Output] {
        var outputs: [String: Output] = [:]
        for (name, specification) in specifications {
            guard let output = graph.output(named: specification.tensorName) else {
                throw TFError(
                    .dataLoss, "\"\(name)\" names tensor \(specification.tensorName), which the model does not have")
            }
            outputs[name] = output
        }
        return outputs
    }
}
