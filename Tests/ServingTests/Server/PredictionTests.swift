import HTTPTransport
import KubernetesAPI
import Serving
import Testing

@Suite("Predictions over a socket", .timeLimit(.minutes(10))) struct PredictionTests {
    @Test("Answers are those of Python's tf.saved_model.load, in both formats")
    func parity() async throws {
        let calls = try await ExportedModels.shared().calls
        try await withServer { client in
            for call in calls {
                let columns = try await client.predict(
                    JSONValue.object(["signature_name": JSONValue(call.signature), "inputs": .object(call.inputs)])
                        .description)
                try #require(columns.status == 200, "\(call.signature): \(columns.error)")
                let outputs = try #require(try columns.json["outputs"])
                let named = call.outputs.count == 1 ? .object([call.outputs.keys.first ?? "": outputs]) : outputs
                for (name, expected) in call.outputs {
                    #expect(difference(try #require(named[name]), expected) < 1e-6, "\(call.signature) \(name)")
                }

                let count = call.inputs.values.first?.arrayValue?.count ?? 0
                let instances = (0..<count).map { row in JSONValue.object(call.inputs.mapValues { $0[row] ?? nil }) }
                let rows = try await client.predict(
                    JSONValue.object(["signature_name": JSONValue(call.signature), "instances": .array(instances)])
                        .description)
                try #require(rows.status == 200, "\(call.signature): \(rows.error)")
                let predictions = try #require(try rows.json["predictions"]?.arrayValue)
                #expect(predictions.count == count)
                for (row, prediction) in predictions.enumerated() {
                    for (name, expected) in call.outputs {
                        let value = call.outputs.count == 1 ? prediction : try #require(prediction[name])
                        #expect(difference(value, try #require(expected[row])) < 1e-6, "\(call.signature) row \(row)")
                    }
                }
            }
        }
    }

    /// The largest difference between two numbers of lists of the same form; infinite when the forms differ.
    private func difference(_ left: JSONValue, _ right: JSONValue) -> Double {
        if let left = left.doubleValue, let right = right.doubleValue { return abs(left - right) }
        guard let left = left.arrayValue, let right = right.arrayValue, left.count == right.count else {
            return .infinity
        }
        return zip(left, right).map { difference($0, $1) }.max() ?? 0
    }

    @Test("Every data type goes through the model unchanged")
    func dataTypes() async throws {
        let echoes: [(String, String)] = [
            ("float32", "[0.1,-3.4028235e+38,1e-45,NaN,Infinity]"), ("float64", "[0.1,1.7976931348623157e+308,5e-324]"),
            ("float16", "[0.1,65504.0,-6e-08]"), ("bfloat16", "[1.0,-256.0,3.390625]"), ("int8", "[-128,127]"),
            ("int16", "[[-32768],[32767]]"), ("int32", "[-2147483648,2147483647]"),
            ("int64", "[-9223372036854775808,9223372036854775807]"), ("uint8", "[0,255]"), ("uint16", "[0,65535]"),
            ("uint32", "[0,4294967295]"), ("uint64", "[0,18446744073709551615]"), ("bool", "[[true,false]]"),
            ("string", #"["","é","{\"b64\":1}"]"#), ("float32", "[[],[]]"), ("float32", "1.5"), ("string", #"["x"]"#),
        ]
        try await withServer { client in
            for (type, value) in echoes {
                let answer = try await client.predict(#"{"signature_name": "echo_\#(type)", "inputs": \#(value)}"#)
                #expect(answer.text == #"{"outputs":\#(value)}"#, "\(type)")
                #expect(answer.headers["content-type"] == "application/json")
            }
        }
    }

    @Test("Bytes come in as base 64, and go out so by their name")
    func bytes() async throws {
        try await withServer { client in
            let answer = try await client.predict(
                #"{"signature_name": "strings", "instances": ["abc", {"b64": "aGk="}, {"text": 1}]}"#)
            #expect(answer.status == 400)
            let good = try await client.predict(
                #"{"signature_name": "strings", "instances": ["abc", {"b64": "aGk="}]}"#)
            #expect(
                good.text
                    == #"{"predictions":[{"raw_bytes":{"b64":"YWJj/w=="},"size":3,"upper":"ABC"},"#
                    + #"{"raw_bytes":{"b64":"aGn/"},"size":2,"upper":"HI"}]}"#)
        }
    }

    @Test("NaN and infinity come out as TensorFlow Serving writes them")
    func notFinite() async throws {
        try await withServer { client in
            let answer = try await client.predict(#"{"signature_name": "logarithm", "instances": [[1, 0, -1]]}"#)
            #expect(answer.text == #"{"predictions":[[0.0,-Infinity,NaN]]}"#)
        }
    }

    @Test("Loading does not change the model: only the default signature is called before the first request")
    func warmUpChangesNothing() async throws {
        try await withServer { client in
            let answer = try await client.predict(#"{"signature_name": "count", "instances": [0]}"#)
            #expect(answer.text == #"{"predictions":[1]}"#)
        }
        try await withServer(configure: { $0.warmUp = .all }) { client in
            let answer = try await client.predict(#"{"signature_name": "count", "instances": [0]}"#)
            #expect(answer.text == #"{"predictions":[2]}"#)
        }
    }

    @Test("The latest version answers, and an addressed one when it is served")
    func versions() async throws {
        try await withServer(of: "constant") { client in
            let latest = try await client.predict(#"{"instances": [1]}"#, model: "constant")
            #expect(latest.text == #"{"predictions":[20.0]}"#)
            #expect(try await client.get("/v1/models/constant/versions/3").status == 404)
        }
        try await withServer(of: "constant", configure: { $0.versionCount = 0 }) { client in
            for (path, answer) in [("", "20.0"), ("/versions/20", "20.0"), ("/versions/3", "3.0")] {
                let path = "/v1/models/constant\(path):predict"
                let prediction = try await client.send(.post, path, .init(Array(#"{"instances": [1]}"#.utf8)))
                #expect(prediction.text == #"{"predictions":[\#(answer)]}"#)
            }
            let status = try await client.get("/v1/models/constant").json["model_version_status"]
            #expect(status?.arrayValue?.map { $0["version"] } == ["20", "3"])
            #expect(status?.arrayValue?.map { $0["state"] } == ["AVAILABLE", "AVAILABLE"])
        }
    }

    @Test("Eight clients at the same time all get the answers to their own questions")
    func concurrency() async throws {
        try await withServer { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    group.addTask {
                        for round in 0..<25 {
                            let answer = try await client.predict(
                                #"{"signature_name": "two_inputs", "instances": [{"position": [\#(number), \#(round)], "scale": 2}]}"#
                            )
                            let total = Double(2 * (number + round))
                            #expect(
                                answer.text
                                    == #"{"predictions":[{"scaled":[\#(Double(2 * number)),\#(Double(2 * round))],"total":\#(total)}]}"#
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
