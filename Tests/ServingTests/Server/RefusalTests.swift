import HTTPTransport
import KubernetesAPI
import Serving
import Testing

@Suite("Refusals over a socket", .timeLimit(.minutes(10))) struct RefusalTests {
    @Test("Every mistake has its status code and a message that says what to do")
    func mistakes() async throws {
        let image = "[" + Array(repeating: "[[0,0,0,0],[0,0,0,0],[0,0,0,0]]", count: 3).joined(separator: ",") + "]"
        let mistakes: [(HTTPRequest.Method, String, String, Int, String)] = [
            (
                .post, "zoo:predict", #"{"instances": [[[[1, 2, 3, 4], [1, 2, 3, 4]]]]}"#, 400,
                "instances[0][0]: a list of 2 where 3 are expected"
            ),
            (.post, "zoo:predict", #"{"instances": [1]}"#, 400, "instances[0]: expected a list, got a number"),
            (.post, "zoo:predict", #"{"inputs": [\#(image.replacing("0]]]", with: "-1]]]"))]}"#, 400, "from 0 to 255"),
            (
                .post, "zoo:predict", #"{"inputs": [\#(image.replacing("0]]]", with: "\"a\"]]]"))]}"#, 400,
                "got a string"
            ),
            (
                .post, "zoo:predict", #"{"inputs": [\#(image.replacing("0]]]", with: "NaN]]]"))]}"#, 400,
                "NaN is not a whole"
            ),
            (
                .post, "zoo:predict", #"{"signature_name": "none", "instances": [1]}"#, 400,
                "no signature \"none\"; it has"
            ),
            (.post, "zoo:predict", #"{"instances": [[1"#, 400, "the document ends within a list"),
            (.post, "zoo:predict", "", 400, "the request is not a JSON object"),
            (.post, "zoo:predict", #"{"signature_name": "mean", "instances": [1]}"#, 400, "not one value a row"),
            (
                .post, "zoo:predict", #"{"signature_name": "refuse", "instances": [[1, -1]]}"#, 400,
                "only positive numbers"
            ),
            (.post, "none:predict", #"{"instances": [1]}"#, 404, "no model \"none\"; it has \"zoo\""),
            (.post, "zoo/versions/7:predict", #"{"instances": [1]}"#, 404, "no version 7; it has 1"),
            (.post, "zoo/labels/stable:predict", #"{"instances": [1]}"#, 404, "no label \"stable\""),
            (.get, "none", "", 404, "no model \"none\""), (.get, "zoo/versions/7", "", 404, "no version 7"),
            (.get, "zoo/versions/7/metadata", "", 404, "no version 7"), (.get, "zoo/versions/x", "", 404, "nothing at"),
            (.get, "zoo:predict", "", 405, "takes POST, not GET"), (.post, "zoo", "", 405, "takes GET, not POST"),
            (.delete, "zoo/metadata", "", 405, "takes GET, not DELETE"),
            (.post, "zoo:classify", #"{"examples": []}"#, 501, "classify is not supported"),
            (.post, "zoo:regress", #"{"examples": []}"#, 501, "regress is not supported"),
        ]
        try await withServer { client in
            for (method, path, body, status, message) in mistakes {
                let answer = try await client.send(method, "/v1/models/\(path)", HTTPBody(Array(body.utf8)))
                #expect(answer.status == status, "\(method) \(path) \(body)")
                #expect(answer.error.contains(message), "\(answer.error)")
                #expect(answer.headers["content-type"] == "application/json")
                if status == 405 { #expect(answer.headers["allow"] != nil) }
            }
            #expect(try await client.get("/").status == 404)
            let good = try await client.predict(#"{"inputs": [\#(image)]}"#)
            #expect(good.status == 200, "the server still answers: \(good.error)")
        }
    }

    @Test("A body that is too large is refused, announced or not; one that fits is read")
    func largeBody() async throws {
        try await withServer(configure: { $0.maximumRequestBytes = 100_000 }) { client in
            let path = "/v1/models/zoo:predict"
            let large = Array(repeating: UInt8(ascii: " "), count: 100_001)
            for length in [nil, Int64(large.count)] {
                let body = HTTPBody(
                    length: length,
                    chunks: AsyncStream { stream in
                        stream.yield(large)
                        stream.finish()
                    })
                let answer = try await client.send(.post, path, body)
                #expect(answer.status == 413)
                #expect(answer.error == "the request has more than the 100000 bytes that are allowed")
            }
            let good = #"{"signature_name": "logarithm", "instances": [[1]]}"#
            let padded = good + String(repeating: " ", count: 100_000 - good.utf8.count)
            #expect(try await client.predict(padded).status == 200)
        }
    }

    @Test("A full queue is answered 503 with Retry-After, a call that takes too long 504; health answers all the while")
    func overload() async throws {
        try await withServer(configure: {
            $0.threads = 1
            $0.queueLength = 1
            $0.requestTimeout = .seconds(1)
        }) { client in
            let slow = #"{"signature_name": "slow", "instances": [20000]}"#
            try await withThrowingTaskGroup(of: TestClient.Answer.self) { group in
                for _ in 0..<4 { group.addTask { try await client.predict(slow) } }
                #expect(try await client.get("/healthz").status == 200)
                var answers: [Int: TestClient.Answer] = [:]
                for try await answer in group { answers[answer.status] = answer }
                #expect(answers.keys.sorted() == [503, 504])
                #expect(answers[503]?.headers["retry-after"] == "1")
                #expect(answers[503]?.error == "2 calls are running or waiting; try again later")
                #expect(answers[504]?.error == "no answer within 1.0 seconds")
            }
            let metrics = try await client.get("/metrics").text
            #expect(
                metrics.contains(#":tensorflow:serving:request_count{model_name="zoo",status="DEADLINE_EXCEEDED"} 2"#))
            #expect(metrics.contains(#":tensorflow:serving:request_count{model_name="zoo",status="UNAVAILABLE"} 2"#))
        }
    }

    @Test("A client that goes slowly does not hold others up, and is given up")
    func slowClient() async throws {
        try await withServer(configure: { $0.requestTimeout = .seconds(1) }) { client in
            let (chunks, stream) = AsyncStream.makeStream(of: [UInt8].self)
            stream.yield(Array(#"{"instances": "#.utf8))
            async let slow = client.send(.post, "/v1/models/zoo:predict", HTTPBody(length: nil, chunks: chunks))
            let good = try await client.predict(#"{"signature_name": "logarithm", "instances": [[1]]}"#)
            #expect(good.status == 200)
            // The answer comes before the body has ended; a client may also see its connection closed.
            let answer = try? await slow
            stream.finish()
            #expect(answer == nil || answer?.status == 504)
            #expect(try await client.get("/readyz").status == 200)
        }
    }
}
