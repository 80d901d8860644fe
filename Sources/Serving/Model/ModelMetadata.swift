package import KubernetesAPI
package import TensorFlow

/// What `GET /v1/models/<name>/metadata` says: the signatures, as the JSON mapping of TensorFlow's protocol buffers.
package struct ModelMetadata: Sendable {
    package var name: String
    package var version: Int64
    package var signatures: [String: Signature]

    package init(name: String, version: Int64, signatures: [String: Signature]) {
        self.name = name
        self.version = version
        self.signatures = signatures
    }

    package var json: JSONValue {
        let definitions = signatures.mapValues { signature -> JSONValue in
            [
                "inputs": .object(signature.inputs.mapValues(Self.json)),
                "outputs": .object(signature.outputs.mapValues(Self.json)),
                "method_name": JSONValue(signature.methodName), "defaults": [:],
            ]
        }
        return [
            "model_spec": [
                "name": JSONValue(name), "signature_name": "", "version": JSONValue(String(version)),
            ],
            // The outer one is the field's name, the inner one that of the message's own field.
            "metadata": ["signature_def": ["signature_def": .object(definitions)]],
        ]
    }

    private static func json(_ specification: TensorSpecification) -> JSONValue {
        let dimensions = (specification.shape.dimensions ?? []).map { size -> JSONValue in
            ["size": JSONValue(String(size ?? -1)), "name": ""]
        }
        return [
            "dtype": JSONValue(specification.dataType.protocolName), "name": JSONValue(specification.tensorName),
            "tensor_shape": [
                "dim": .array(dimensions), "unknown_rank": .bool(specification.shape.dimensions == nil),
            ],
        ]
    }
}
