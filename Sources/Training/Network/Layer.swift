import AerieAPI
import TensorFlow

/// A linear map with a bias: of all inputs (dense) or of 3×3 neighbourhoods (convolution).
struct Layer {
    enum Kind: Hashable {
        case dense
        case convolution
    }

    let kind: Kind
    let kernel: Variable
    let bias: Variable

    /// Makes the variables.
    ///
    /// Initial weights are uniform with the variance that keeps the signal's size through the activation (He and others
    /// 2015 for the rectifiers, Glorot and Bengio 2010 otherwise); biases are 0. Without a seed all are 0, for variables
    /// that get their values from a checkpoint.
    init(
        _ kind: Kind, name: String, inputs: Int, outputs: Int, activation: ModelConfiguration.Activation?, seed: Int?,
        stream: Int, in graph: Graph
    ) throws(TFError) {
        self.kind = kind
        let shape = kind == .dense ? [inputs, outputs] : [3, 3, inputs, outputs]
        let initial =
            if let seed {
                try Self.initialWeights(shape, activation, seeds: [Int64(seed), Int64(stream)], in: graph)
            } else {
                try graph.add("Fill", graph.constant(shape.map(Int32.init)), graph.constant(Float(0))).output
            }
        kernel = try Variable("\(name)/kernel", initialValue: initial, shape: shape, in: graph)
        let zeros = try Tensor([Float](repeating: 0, count: outputs))
        bias = try Variable("\(name)/bias", initialValue: graph.constant(zeros), shape: [outputs], in: graph)
    }

    private static func initialWeights(
        _ shape: [Int], _ activation: ModelConfiguration.Activation?, seeds: [Int64], in graph: Graph
    ) throws(TFError) -> Output {
        let fanIn = Double(shape.dropLast().reduce(1, *))
        let fanOut = Double(shape.dropLast(2).reduce(1, *) * shape[shape.count - 1])
        let variance =
            switch activation {
            case .relu, .swish, .gelu: 2 / fanIn
            case .tanh, nil: 2 / (fanIn + fanOut)
            }
        let limit = Float((3 * variance).squareRoot())
        let random = try graph.uniform(shape, seeds: graph.constant(seeds))
        let centred = try graph.add("Sub", random, graph.constant(Float(0.5))).output
        return try graph.multiply(centred, graph.constant(2 * limit))
    }

    func apply(to input: Output) throws(TFError) -> Output {
        let graph = input.operation.graph
        let product =
            switch kind {
            case .dense: try graph.add("MatMul", input, kernel.value).output
            case .convolution:
                try graph.add(
                    "Conv2D", input, kernel.value,
                    attributes: ["strides": .ints([1, 1, 1, 1]), "padding": .string("SAME")]
                ).output
            }
        return try graph.add("BiasAdd", product, bias.value).output
    }
}
