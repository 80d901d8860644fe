package import TensorFlow

/// Which signatures are called once, with zeros, before a model gets its first request.
///
/// TensorFlow prunes, optimizes and places a signature's graph when it is first called, which takes tens of
/// milliseconds to seconds. A call may also change the model: an exported training step trains. So only the signature
/// that clients get when they name none is called, unless all are asked for.
public enum WarmUp: String, Hashable, Sendable, CaseIterable {
    case servingDefault = "serving-default"
    case all
    case none

    /// The signatures to call, in order.
    package func signatures(of model: SavedModel) -> [(name: String, signature: Signature)] {
        let all = model.signatures.sorted { $0.key < $1.key }.map { (name: $0.key, signature: $0.value) }
        return switch self {
        case .servingDefault: all.filter { $0.name == Signature.servingDefault }
        case .all: all
        case .none: []
        }
    }
}

extension Signature {
    /// Inputs of the right types and shapes with nothing in them: zeros and empty strings, unknown sizes being 1.
    package func zeros() throws(TFError) -> [String: Tensor] {
        var inputs: [String: Tensor] = [:]
        for (name, input) in self.inputs {
            inputs[name] = try .zeros(input.dataType, shape: (input.shape.dimensions ?? [1]).map { $0 ?? 1 })
        }
        return inputs
    }
}

extension Tensor {
    fileprivate static func zeros(_ dataType: DataType, shape: [Int]) throws(TFError) -> Tensor {
        if dataType == .string {
            return try Tensor(strings: Array(repeating: [], count: shape.reduce(1, *)), shape: shape)
        }
        do { return try Tensor(dataType, shape: shape) { _ in } } catch let error as TFError { throw error } catch {
            throw TFError(.internal, "\(error)")
        }
    }
}
