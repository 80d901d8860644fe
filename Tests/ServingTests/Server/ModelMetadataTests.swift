import KubernetesAPI
import Serving
import TensorFlow
import Testing

@Suite("Metadata") struct ModelMetadataTests {
    @Test("Signatures are written as TensorFlow Serving writes them")
    func json() {
        let signature = Signature(
            inputs: ["image": TensorSpecification(tensorName: "image:0", dataType: .uint8, shape: [nil, 3])],
            outputs: ["y": TensorSpecification(tensorName: "y:0", dataType: .float, shape: .unknown)])
        let metadata = ModelMetadata(name: "m", version: 12, signatures: ["serving_default": signature])
        #expect(
            metadata.json == [
                "model_spec": ["name": "m", "signature_name": "", "version": "12"],
                "metadata": [
                    "signature_def": [
                        "signature_def": [
                            "serving_default": [
                                "inputs": [
                                    "image": [
                                        "dtype": "DT_UINT8", "name": "image:0",
                                        "tensor_shape": [
                                            "dim": [["size": "-1", "name": ""], ["size": "3", "name": ""]],
                                            "unknown_rank": false,
                                        ],
                                    ]
                                ],
                                "outputs": [
                                    "y": [
                                        "dtype": "DT_FLOAT", "name": "y:0",
                                        "tensor_shape": ["dim": [], "unknown_rank": true],
                                    ]
                                ],
                                "method_name": "tensorflow/serving/predict", "defaults": [:],
                            ]
                        ]
                    ]
                ],
            ])
    }
}
