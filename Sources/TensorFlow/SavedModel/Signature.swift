/// A way to call a model: named inputs and outputs.
public struct Signature: Hashable, Sendable {
    /// TensorFlow's name of the kind of call, for example `tensorflow/serving/predict`.
    public var methodName: String
    public var inputs: [String: TensorSpecification]
    public var outputs: [String: TensorSpecification]

    /// The key of the signature that servers use when none is named.
    public static let servingDefault = "serving_default"
    /// The method of signatures with any inputs and outputs.
    public static let predictMethod = "tensorflow/serving/predict"

    public init(
        methodName: String = Signature.predictMethod, inputs: [String: TensorSpecification],
        outputs: [String: TensorSpecification]
    ) {
        self.methodName = methodName
        self.inputs = inputs
        self.outputs = outputs
    }
}

extension Signature {
    init(_ message: ProtoSignatureDef) throws(TFError) {
        var inputs: [String: TensorSpecification] = [:]
        for (name, info) in message.inputs { inputs[name] = try TensorSpecification(info) }
        var outputs: [String: TensorSpecification] = [:]
        for (name, info) in message.outputs { outputs[name] = try TensorSpecification(info) }
        self.init(methodName: message.methodName, inputs: inputs, outputs: outputs)
    }

    var message: ProtoSignatureDef {
        var signature = ProtoSignatureDef()
        signature.methodName = methodName
        signature.inputs = inputs.mapValues(\.message)
        signature.outputs = outputs.mapValues(\.message)
        return signature
    }
}
