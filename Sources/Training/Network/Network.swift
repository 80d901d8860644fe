import AerieAPI
import TensorFlow

/// A classifier's variables in a graph, and the operations that apply them to images.
struct Network {
    private let description: ModelDescription
    private let convolutions: [Layer]
    private let hidden: [Layer]
    private let output: Layer

    /// Patches of at least this size are halved after a convolution.
    private static let poolingSize = 8

    /// Without a seed the variables start from 0, to be restored from a checkpoint.
    init(_ description: ModelDescription, seed: Int?, in graph: Graph) throws(TFError) {
        self.description = description
        let model = description.model
        var stream = 0
        func layer(_ kind: Layer.Kind, _ name: String, _ inputs: Int, _ outputs: Int) throws(TFError) -> Layer {
            defer { stream += 1 }
            return try Layer(
                kind, name: name, inputs: inputs, outputs: outputs,
                activation: name == "logits" ? nil : model.activation, seed: seed, stream: stream, in: graph)
        }
        var (rows, columns, channels) = description.size
        var convolutions: [Layer] = []
        if model.architecture == .cnn {
            for number in 1...model.depth {
                convolutions.append(try layer(.convolution, "convolution_\(number)", channels, model.width))
                channels = model.width
                if Self.pools(rows, columns) { (rows, columns) = (rows / 2, columns / 2) }
            }
        }
        var width = rows * columns * channels
        var hidden: [Layer] = []
        for number in 1...(model.architecture == .cnn ? 1 : model.depth) {
            hidden.append(try layer(.dense, "hidden_\(number)", width, model.width))
            width = model.width
        }
        self.convolutions = convolutions
        self.hidden = hidden
        output = try layer(.dense, "logits", width, description.classes.count)
    }

    var variables: [Variable] { (convolutions + hidden + [output]).flatMap { [$0.kernel, $0.bias] } }

    /// What is subject to weight decay: all but the biases.
    var kernels: Set<String> { Set((convolutions + hidden + [output]).map(\.kernel.name)) }

    /// One number a class for each image of raw pixel values `[?, rows, columns, bands]`.
    func logits(of images: Output, dropout: Dropout? = nil) throws(TFError) -> Output {
        let graph = images.operation.graph
        let activation = description.model.activation
        let mean = try graph.constant(description.mean.map(Float.init))
        let scale = try graph.constant(description.deviation.map { Float(1 / $0) })
        var values = try graph.multiply(graph.add("Sub", graph.cast(images, to: .float), mean).output, scale)
        var (rows, columns, channels) = description.size
        for layer in convolutions {
            values = try graph.activate(layer.apply(to: values), activation)
            channels = description.model.width
            if Self.pools(rows, columns) {
                (rows, columns) = (rows / 2, columns / 2)
                values = try graph.add(
                    "MaxPool", values,
                    attributes: [
                        "ksize": .ints([1, 2, 2, 1]), "strides": .ints([1, 2, 2, 1]), "padding": .string("VALID"),
                    ]
                ).output
            }
        }
        values = try graph.add(
            "Reshape", values, graph.constant([-1, Int32(rows * columns * channels)])
        ).output
        for (number, layer) in hidden.enumerated() {
            values = try graph.activate(layer.apply(to: values), activation)
            if let dropout { values = try dropout.apply(to: values, width: description.model.width, layer: number) }
        }
        return try output.apply(to: values)
    }

    private static func pools(_ rows: Int, _ columns: Int) -> Bool { min(rows, columns) >= poolingSize }
}
