import HTTPTransport
import KubernetesAPI
import Testing

@Suite("Status, metadata, health and metrics", .timeLimit(.minutes(10))) struct StatusTests {
    @Test("Status and metadata are TensorFlow Serving's")
    func statusAndMetadata() async throws {
        try await withServer { client in
            for path in ["/v1/models/zoo", "/v1/models/zoo/versions/1"] {
                #expect(
                    try await client.get(path).json == [
                        "model_version_status": [
                            [
                                "version": "1", "state": "AVAILABLE",
                                "status": ["error_code": "OK", "error_message": ""],
                            ]
                        ]
                    ])
            }
            for path in ["/v1/models/zoo/metadata", "/v1/models/zoo/versions/1/metadata"] {
                let metadata = try await client.get(path).json
                #expect(metadata["model_spec"] == ["name": "zoo", "signature_name": "", "version": "1"])
                let signature = metadata["metadata"]?["signature_def"]?["signature_def"]?["serving_default"]
                #expect(
                    signature?["inputs"]?["image"]?["tensor_shape"]?["dim"]?.arrayValue?.map { $0["size"] }
                        == ["-1", "3", "3", "4"])
                #expect(signature?["inputs"]?["image"]?["dtype"] == "DT_UINT8")
                #expect(signature?["outputs"]?["probabilities"]?["dtype"] == "DT_FLOAT")
                #expect(signature?["method_name"] == "tensorflow/serving/predict")
            }
        }
    }

    @Test("While the model loads, the server says so")
    func loading() async throws {
        try await withServer(waitsUntilReady: false) { client in
            // From the first answer on it is one of the two; in the end it is ready.
            let first = try await client.get("/readyz").status
            #expect([200, 503].contains(first))
            let state = try await client.get("/v1/models/zoo").json["model_version_status"]?[0]?["state"]?.stringValue
            #expect(["START", "LOADING", "AVAILABLE"].contains(state))
            #expect(try await client.get("/healthz").text == "ok\n")
            try await client.waitUntilReady()
            #expect(try await client.get("/readyz").text == "ok\n")
        }
    }

    @Test("Metrics count requests, calls and examples, under TensorFlow Serving's names too")
    func metrics() async throws {
        try await withServer { client in
            for _ in 0..<3 {
                #expect(
                    try await client.predict(#"{"signature_name": "logarithm", "instances": [[1], [2]]}"#).status == 200
                )
            }
            #expect(try await client.predict("x").status == 400)
            for path in ["/metrics", "/monitoring/prometheus/metrics"] {
                let answer = try await client.get(path)
                #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
                for line in [
                    #":tensorflow:serving:request_count{model_name="zoo",status="OK"} 3"#,
                    #":tensorflow:serving:request_count{model_name="zoo",status="INVALID_ARGUMENT"} 1"#,
                    #":tensorflow:serving:request_latency_count{model_name="zoo",API="Predict",entrypoint="REST"} 4"#,
                    #":tensorflow:serving:runtime_latency_count{model_name="zoo",API="Predict",runtime="TF1"} 3"#,
                    #":tensorflow:serving:request_example_counts_sum{model="zoo"} 6"#,
                    #"aerie_serving_requests_total{route="predict",code="200"} 3"#,
                    #"aerie_serving_requests_total{route="predict",code="400"} 1"#, "aerie_serving_calls 0",
                    "process_resident_memory_bytes ", "aerie_build_info{",
                    #"aerie_serving_model_load_seconds{model="zoo",version="1"} "#,
                ] {
                    #expect(answer.text.contains("\n\(line)"), "\(line)")
                }
            }
        }
    }
}
