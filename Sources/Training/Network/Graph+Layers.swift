import AerieAPI
import TensorFlow

extension Graph {
    func cast(_ input: Output, to type: DataType) throws(TFError) -> Output {
        if try input.dataType == type { return input }
        return try add(
            "Cast", input, attributes: ["SrcT": .type(input.dataType), "DstT": .type(type)]
        ).output
    }

    func multiply(_ left: Output, _ right: Output) throws(TFError) -> Output { try add("Mul", left, right).output }

    func activate(_ input: Output, _ activation: ModelConfiguration.Activation) throws(TFError) -> Output {
        switch activation {
        case .relu: return try add("Relu", input).output
        case .tanh: return try add("Tanh", input).output
        case .swish: return try multiply(input, add("Sigmoid", input).output)
        case .gelu:
            // x · Φ(x) with the exact normal distribution.
            let erf = try add("Erf", multiply(input, constant(Float(0.5).squareRoot()))).output
            let distribution = try multiply(add("AddV2", erf, constant(Float(1))).output, constant(Float(0.5)))
            return try multiply(input, distribution)
        }
    }

    /// Uniform numbers of [0, 1) that are a function of two seeds alone.
    func uniform(_ shape: [Int], seeds: Output) throws(TFError) -> Output {
        let state = try add("StatelessRandomGetKeyCounter", seeds, attributes: ["Tseed": .type(.int64)])
        // 1 is the Philox generator.
        return try add(
            "StatelessRandomUniformV2", constant(shape.map(Int32.init)), state[0], state[1], constant(Int32(1)),
            attributes: ["dtype": .type(.float)]
        ).output
    }
}
