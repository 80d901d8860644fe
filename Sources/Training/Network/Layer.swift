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

    /// Initial weights are uniform with the variance that keeps the signal's size through the activation (He and others
    /// 2015 for the rectifiers, Glorot and Bengio 2010 otherwise); biases are 0.
    init(
        _ kind: Kind, name: String, inputs: Int, outputs: Int, activation: ModelConfiguration.Activation?, seed: Int,
        stream: Int, in graph: Graph
    ) throws(TFError) {
        self.kind = kind
        let shape = kind == .dense ? [inputs, outputs] : [3, 3, inputs, outputs]
        let fanIn = Double(shape.dropLast().reduce(1, *))
        let variance =
            switch activation {
            case .relu, .swish, .gelu: 2 / fanIn
            case .tanh, nil: 2 / (fanIn + Double(outputs * (kind == .dense ? 1 : 9)))
            }
        let limit = Float((3 * variance).squareRoot())
        let seeds = try graph.constant([Int64(seed), Int64(stream)])
        let centred = try graph.add("Sub", graph.uniform(shape, seeds: seeds), graph.constant(Float(0.5))).output
        let initial = try graph.multiply(centred, graph.constant(2 * limit))
        kernel = try Variable("\(name)/kernel", initialValue: initial, shape: shape, in: graph)
        let zeros = try Tensor([Float](repeating: 0, count: outputs))
        bias = try Variable("\(name)/bias", initialValue: graph.constant(zeros), shape: [outputs], in: graph)
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
