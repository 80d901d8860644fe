/// The network that is trained: the experiment's `trainer.model`.
public struct ModelConfiguration: TrainerBlock, Hashable {
    public var architecture = Architecture.mlp
    public var width = 64
    public var depth = 2
    public var activation = Activation.relu
    public var dropout = 0.0
    public var normalization = Normalization.standardize

    public enum Architecture: String, CaseIterable, Hashable, Sendable {
        case mlp, cnn
    }

    public enum Activation: String, CaseIterable, Hashable, Sendable {
        case relu, swish, tanh, gelu
    }

    public enum Normalization: String, CaseIterable, Hashable, Sendable {
        case standardize, scale
    }

    public init() {}

    public static let fields: [TrainerField<ModelConfiguration>] = [
        .choice(
            "architecture", \.architecture,
            "mlp: hidden layers on all pixels at once. cnn: 3×3 convolutions, then one hidden layer."),
        .integer("width", \.width, 1...4096, "Units of each hidden layer, channels of each convolution."),
        .integer("depth", \.depth, 1...32, "Number of hidden layers or convolutions."),
        .choice("activation", \.activation, "What follows each hidden layer or convolution."),
        .number("dropout", \.dropout, 0...0.9, "Share of a hidden layer's units that a training step leaves out."),
        .choice(
            "normalization", \.normalization,
            "standardize: subtract each band's mean over the training records and divide by its standard deviation. "
                + "scale: divide by 255. Part of the exported model, which takes raw pixel values."),
    ]
}
