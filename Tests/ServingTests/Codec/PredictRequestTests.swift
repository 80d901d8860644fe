import Serving
import TensorFlow
import TestRandom
import Testing

@Suite("Requests") struct PredictRequestTests {
    static func input(_ dataType: DataType, _ shape: PartialShape) -> TensorSpecification {
        TensorSpecification(tensorName: "x:0", dataType: dataType, shape: shape)
    }

    static let signatures: [String: Signature] = [
        "serving_default": Signature(inputs: ["x": input(.float, [nil, 2])], outputs: [:]),
        "integers": Signature(inputs: ["x": input(.int32, [nil])], outputs: [:]),
        "bytes": Signature(inputs: ["x": input(.uint8, [nil, nil])], outputs: [:]),
        "texts": Signature(inputs: ["x": input(.string, [nil])], outputs: [:]),
        "flags": Signature(inputs: ["x": input(.bool, [nil])], outputs: [:]),
        "any": Signature(inputs: ["x": input(.float, .unknown)], outputs: [:]),
        "scalar": Signature(inputs: ["x": input(.float, [])], outputs: [:]),
        "resource": Signature(inputs: ["x": input(.resource, [nil])], outputs: [:]),
        "two": Signature(inputs: ["a": input(.float, [nil, 2]), "b": input(.int64, [nil])], outputs: [:]),
    ]

    func read(_ text: String) throws -> PredictRequest {
        try PredictRequest(json: Array(text.utf8), signatures: Self.signatures)
    }

    @Test(
        "Lists become tensors of the shape that they have",
        arguments: [
            (#"{"instances": [[1, 2.5], [-3e1, 0]]}"#, [2, 2], [1, 2.5, -30, 0] as [Float]),
            (#"{"inputs": [[1, 2]]}"#, [1, 2], [1, 2]),
            (#"{"inputs": {"x": [[1, 2]]}}"#, [1, 2], [1, 2]),
            (#"{"instances": [{"x": [1, 2]}, {"x": [3, 4]}]}"#, [2, 2], [1, 2, 3, 4]),
            (#"{"instances":[[1,2]],"signature_name":"serving_default"}"#, [1, 2], [1, 2]),
            (#"{"instances":[[1,2]],"signature_name":""}"#, [1, 2], [1, 2]),
            (#"{"other": {"deep": [null, true, "]}"]}, "instances": [[1, 2]]}"#, [1, 2], [1, 2]),
            (#"{"signature_name": "any", "instances": [1, 2, 3]}"#, [3], [1, 2, 3]),
            (#"{"signature_name": "any", "inputs": 7}"#, [], [7]),
            (#"{"signature_name": "any", "inputs": [[[1], [2]]]}"#, [1, 2, 1], [1, 2]),
            (#"{"signature_name": "any", "inputs": [[], []]}"#, [2, 0], []),
            (#"{"signature_name": "scalar", "inputs": 7}"#, [], [7]),
            (" \n\t{ \"instances\" : [ [ 1 , 2 ] ] } \r\n", [1, 2], [1, 2]),
        ])
    func shapes(text: String, shape: [Int], values: [Float]) throws {
        let tensor = try #require(try read(text).inputs["x"])
        #expect(tensor.shape == shape)
        #expect(try tensor.scalars(of: Float.self) == values)
    }

    @Test("NaN and infinities come through")
    func notFinite() throws {
        let tensor = try #require(try read(#"{"instances": [[NaN, -Infinity], [Infinity, -0.0]]}"#).inputs["x"])
        let values: [Float] = try tensor.scalars()
        #expect(values[0].isNaN)
        #expect(values[1...] == [-.infinity, .infinity, 0])
        #expect(values[3].sign == .minus)
    }

    @Test("Instances that are objects name their inputs, in any order")
    func namedInputs() throws {
        let request = try read(
            #"{"signature_name": "two", "instances": [{"a": [1, 2], "b": 3}, {"b": 4, "a": [5, 6]}]}"#)
        #expect(request.format == .rows)
        #expect(request.exampleCount == 2)
        #expect(try request.inputs["a"]?.scalars(of: Float.self) == [1, 2, 5, 6])
        #expect(request.inputs["a"]?.shape == [2, 2])
        #expect(try request.inputs["b"]?.scalars(of: Int64.self) == [3, 4])
        #expect(request.inputs["b"]?.shape == [2])
    }

    @Test("Columns may have more inputs than the signature, as TensorFlow Serving allows")
    func extraColumns() throws {
        let request = try read(#"{"signature_name": "two", "inputs": {"a": [[1, 2]], "c": {"x": [1]}, "b": [3]}}"#)
        #expect(request.format == .columns)
        #expect(request.inputs.keys.sorted() == ["a", "b"])
        #expect(request.exampleCount == 1)
    }

    @Test("Strings are text with escapes, or bytes in base 64")
    func strings() throws {
        let request = try read(
            #"{"signature_name": "texts", "instances": ["a\"\u00e9\n\ud83d\ude00", {"b64": "AP8="}, {"b64": ""}, ""]}"#)
        #expect(
            try request.inputs["x"]?.byteStrings() == [Array("a\"é\n😀".utf8), [0, 255], [], []])
        let column = try read(#"{"signature_name": "texts", "inputs": [{"b64": "aGk"}]}"#)
        #expect(try column.inputs["x"]?.byteStrings() == [Array("hi".utf8)])
        let named = try read(#"{"signature_name": "texts", "instances": [{"x": {"b64": "aGk="}}]}"#)
        #expect(try named.inputs["x"]?.byteStrings() == [Array("hi".utf8)])
    }

    @Test("Booleans and whole numbers")
    func otherTypes() throws {
        let flags = try read(#"{"signature_name": "flags", "instances": [true, false]}"#)
        #expect(try flags.inputs["x"]?.scalars(of: Bool.self) == [true, false])
        let bytes = try read(#"{"signature_name": "bytes", "instances": [[0, 255], [1, 2]]}"#)
        #expect(try bytes.inputs["x"]?.scalars(of: UInt8.self) == [0, 255, 1, 2])
    }

    @Test(
        "What is wrong is said, with its place",
        arguments: [
            ("", "the request is not a JSON object but the end of the document"),
            ("[1]", "the request is not a JSON object but a list"),
            ("{", "expected a string, got the end of the document"),
            (#"{"instances": [[1, 2]]} x"#, "text after the request's object"),
            (#"{"instances": [[1, 2]"#, "the document ends within a list or an object"),
            (#"{"instances": [[1, 2]],}"#, "expected a string, got '}'"),
            (#"{}"#, "neither \"instances\" nor \"inputs\""),
            (#"{"instances": [[1, 2]], "inputs": [[1, 2]]}"#, "both \"instances\" and \"inputs\""),
            (#"{"instances": [[1, 2]], "instances": [[1, 2]]}"#, "\"instances\" twice"),
            (#"{"instances": []}"#, "\"instances\" is an empty list"),
            (#"{"instances": 5}"#, "\"instances\" must be a list, got a number"),
            (#"{"instances": [[1, 2]], "signature_name": 5}"#, "expected a string, got a number"),
            (
                #"{"instances": [[1, 2]], "signature_name": "classify"}"#,
                "no signature \"classify\"; it has any, bytes, flags, integers, resource, scalar, serving_default, texts, two"
            ),
            (#"{"instances": [[1, 2], [3]]}"#, "instances[1]: a list of 1 where 2 are expected by the shape [2]"),
            (#"{"instances": [[1, 2], [3, 4, 5]]}"#, "instances[1][2]: a list of more than the 2"),
            (#"{"instances": [[1, 2], 3]}"#, "instances[1]: expected a list, got a number by the shape [2]"),
            (#"{"instances": [[1, [2]]]}"#, "instances[0][1]: expected one value, got a list by the shape [2]"),
            (#"{"inputs": [[1, 2], [3, "4"]]}"#, "inputs[1][1]: expected a number, got a string"),
            (#"{"inputs": [[1, 2], [3, null]]}"#, "inputs[1][1]: expected a number, got null"),
            (#"{"inputs": [[1, 2], [3, 4 5]]}"#, "inputs[1][1]: expected ',' or ']'"),
            (#"{"inputs": {"x": [[1]]}}"#, "inputs.x[0]: a list of 1 where 2 are expected by the shape [?,2]"),
            (#"{"inputs": [1, 2]}"#, "inputs[0]: expected a list, got a number by the shape [?,2]"),
            (#"{"inputs": {"y": [[1, 2]]}}"#, "\"inputs\" lacks x"),
            (#"{"inputs": {"x": [[1, 2]], "x": [[1, 2]]}}"#, "\"inputs\" has the input \"x\" twice"),
            (#"{"instances": [{"y": [1, 2]}]}"#, "instances[0] has the unknown input \"y\"; the signature takes x"),
            (#"{"instances": [{}]}"#, "instances[0] lacks x"),
            (#"{"instances": [{"x": [1, 2], "x": [1, 2]}]}"#, "instances[0] has the input \"x\" twice"),
            (#"{"instances": [{"x": [1, 2]}, [1, 2]]}"#, "instances[1] is a list, the ones before are objects"),
            (#"{"instances": [[1, 2], {"x": [1, 2]}]}"#, "instances[1] is an object, the ones before are plain values"),
            (
                #"{"instances": [[1, 2]], "signature_name": "two"}"#,
                "must be an object with the inputs a, b, got a list"
            ),
            (#"{"inputs": [[1, 2]], "signature_name": "two"}"#, "must be an object with the inputs a, b, got a list"),
            (#"{"instances": [{"a": [1, 2]}], "signature_name": "two"}"#, "instances[0] lacks b"),
            (
                #"{"instances": [{"a": [1], "b": 1}], "signature_name": "two"}"#,
                "instances[0].a: a list of 1 where 2 are expected"
            ),
            (#"{"instances": [1], "signature_name": "scalar"}"#, "has no batch dimension; send it in \"inputs\""),
            (#"{"instances": [1.5], "signature_name": "integers"}"#, "instances[0]: 1.5 is not a whole number"),
            (
                #"{"instances": [1, 2147483648], "signature_name": "integers"}"#,
                "instances[1]: 2147483648 is not a whole"
            ),
            (#"{"instances": [[256]], "signature_name": "bytes"}"#, "256 is not a whole number from 0 to 255"),
            (#"{"instances": [[1], [1, 2]], "signature_name": "bytes"}"#, "instances[1][1]: a list of more than the 1"),
            (#"{"instances": [[16777217, 1]]}"#, "16777217 does not fit the type without loss"),
            (#"{"instances": [[1e39, 1]]}"#, "1e39 does not fit the type without loss"),
            (#"{"instances": [1], "signature_name": "flags"}"#, "instances[0]: expected true or false, got a number"),
            (#"{"instances": [1], "signature_name": "texts"}"#, "instances[0]: expected a string, got a number"),
            (
                #"{"instances": [{"b64": "!"}], "signature_name": "texts"}"#,
                "instances[0]: a base 64 text of 1 characters"
            ),
            (#"{"instances": ["\q"], "signature_name": "texts"}"#, "unknown escape"),
            (#"{"instances": [1], "signature_name": "resource"}"#, "DT_RESOURCE cannot be sent as JSON"),
            (
                #"{"inputs": [1, [2]], "signature_name": "any"}"#,
                "inputs[1]: expected one value, got a list: all lists of"
            ),
            (#"{"inputs": [[1], [2, 3]], "signature_name": "any"}"#, "inputs[1][1]: a list of more than the 1"),
            (#"{"x": nul, "instances": [[1, 2]]}"#, "expected null"),
        ])
    func refused(text: String, message: String) {
        let error = #expect(throws: TFError.self) { try read(text) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.code == (message.contains("DT_RESOURCE") ? .unimplemented : .invalidArgument))
    }

    @Test("Hostile nesting neither crashes nor takes long", arguments: ["[", "{\"a\":", "{\"b64\":"])
    func nesting(opening: String) {
        let deep = String(repeating: opening, count: 200_000)
        for text in ["{\"x\": \(deep)", "{\"instances\": \(deep)", "{\"inputs\": \(deep)", deep] {
            #expect(throws: TFError.self) { try read(text) }
        }
        let closed = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        #expect(throws: TFError.self) { try read(#"{"signature_name": "any", "inputs": \#(closed)}"#) }
    }

    @Test("Every cut of a good request is refused without a crash")
    func truncation() throws {
        let text = #"{"signature_name": "two", "x": "\u00e9", "instances": [{"a": [1.5e2, NaN], "b": -3}]}"#
        _ = try read(text)
        for length in 0..<text.utf8.count {
            let cut = Array(text.utf8.prefix(length))
            #expect(throws: TFError.self) { try PredictRequest(json: cut, signatures: Self.signatures) }
        }
    }

    @Test("Bytes changed at random are refused or read, without a crash", arguments: 0..<50)
    func mutation(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = #"{"signature_name": "two", "instances": [{"a": [1.5e2, NaN], "b": -3}, {"a": [1, 2], "b": 4}]}"#
        for _ in 0..<200 {
            var bytes = Array(text.utf8)
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let request = try PredictRequest(json: bytes, signatures: Self.signatures)
                #expect(request.inputs.keys.count >= 1)
            } catch {
                #expect(error.code == .invalidArgument || error.code == .unimplemented)
            }
        }
    }
}
