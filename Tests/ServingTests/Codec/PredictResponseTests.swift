import Serving
import TensorFlow
import TestRandom
import Testing

@Suite("Responses") struct PredictResponseTests {
    func text(_ outputs: [String: Tensor], _ format: PredictRequest.Format) throws -> String {
        String(decoding: try PredictResponse(outputs: outputs, format: format).json(), as: UTF8.self)
    }

    @Test("One output is written without its name, several are objects")
    func names() throws {
        let y = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
        let z = try Tensor([5, 6] as [Int64])
        #expect(try text(["y": y], .rows) == #"{"predictions":[[1.0,2.0],[3.0,4.0]]}"#)
        #expect(try text(["y": y], .columns) == #"{"outputs":[[1.0,2.0],[3.0,4.0]]}"#)
        #expect(
            try text(["y": y, "z": z], .rows) == #"{"predictions":[{"y":[1.0,2.0],"z":5},{"y":[3.0,4.0],"z":6}]}"#)
        #expect(try text(["y": y, "z": z], .columns) == #"{"outputs":{"y":[[1.0,2.0],[3.0,4.0]],"z":[5,6]}}"#)
    }

    @Test("Numbers are the shortest that read back, and always look like decimals")
    func numbers() throws {
        let y = try Tensor([0.1, 1, -0.0, 1e20, 1e-7, .nan, .infinity, -.infinity, 16_777_216] as [Float])
        #expect(
            try text(["y": y], .columns)
                == #"{"outputs":[0.1,1.0,-0.0,1e+20,1e-07,NaN,Infinity,-Infinity,16777216.0]}"#)
        #expect(try text(["y": Tensor([0.1, 1e300] as [Double])], .columns) == #"{"outputs":[0.1,1e+300]}"#)
        #expect(try text(["y": Tensor([UInt64.max])], .columns) == #"{"outputs":[18446744073709551615]}"#)
        #expect(try text(["y": Tensor([true, false])], .columns) == #"{"outputs":[true,false]}"#)
    }

    @Test("Strings are text; those of outputs named _bytes, and those that are no text, are base 64")
    func strings() throws {
        let strings = try Tensor(strings: [Array("é\"\n".utf8)], shape: [1])
        #expect(try text(["y": strings], .rows) == #"{"predictions":["é\"\n"]}"#)
        #expect(try text(["y_bytes": strings], .rows) == #"{"predictions":[{"b64":"w6kiCg=="}]}"#)
        #expect(try text(["y": Tensor(strings: [[0xFF]], shape: [1])], .rows) == #"{"predictions":[{"b64":"/w=="}]}"#)
    }

    @Test("Scalars and empty tensors")
    func shapes() throws {
        #expect(try text(["y": Tensor(2.5 as Float)], .columns) == #"{"outputs":2.5}"#)
        #expect(try text(["y": Tensor([] as [Float], shape: [2, 0])], .columns) == #"{"outputs":[[],[]]}"#)
        #expect(try text(["y": Tensor([] as [Float], shape: [0, 3])], .rows) == #"{"predictions":[]}"#)
    }

    @Test("Outputs without one value a row cannot be rows")
    func noRows() throws {
        let scalar = try Tensor(1 as Float)
        let three = try Tensor([1, 2, 3] as [Float])
        let two = try Tensor([1, 2] as [Float])
        for outputs in [["y": scalar], ["y": three, "z": two]] {
            let error = #expect(throws: TFError.self) { try text(outputs, .rows) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("not one value a row") == true)
        }
    }

    @Test("Any batch of numbers survives a request and a response", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...5, using: &random) }
        let values = (0..<shape.reduce(1, *)).map { _ in
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            return value.isNaN ? 0 : value
        }
        let tensor = try Tensor(values, shape: shape)
        let body = try text(["y": tensor], .columns).replacing("\"outputs\"", with: "\"inputs\"")
        let signature = Signature(
            inputs: ["x": TensorSpecification(tensorName: "x:0", dataType: .float, shape: .unknown)], outputs: [:])
        let request = try PredictRequest(json: Array(body.utf8), signatures: ["serving_default": signature])
        let read = try #require(request.inputs["x"])
        #expect(read.shape == shape)
        #expect(try read.scalars(of: Float.self).map(\.bitPattern) == values.map(\.bitPattern))
    }
}
