/// How a network is trained: the experiment's `trainer.training`.
public struct TrainingConfiguration: TrainerBlock, Hashable {
    public var optimizer = Optimizer.adam
    public var learningRate = 0.001
    public var schedule = Schedule.constant
    public var momentum = 0.9
    public var weightDecay = 0.01
    public var batchSize = 64
    public var steps = 1000
    public var evaluateEvery = 100
    public var seed = 0
    public var threads = 1

    public enum Optimizer: String, CaseIterable, Hashable, Sendable {
        case sgd, momentum, adam, adamw
    }

    public enum Schedule: String, CaseIterable, Hashable, Sendable {
        case constant, cosine
    }

    public init() {}

    public static let fields: [TrainerField<TrainingConfiguration>] = [
        .choice("optimizer", \.optimizer, "The rule by which gradients change the weights."),
        .number("learningRate", \.learningRate, 1e-12...100, "Size of a step along the gradient."),
        .choice(
            "schedule", \.schedule, "constant: the learning rate stays. cosine: it falls to 0 over all steps."),
        .number("momentum", \.momentum, 0...0.9999, "Share of the last change that is kept; optimizer momentum only."),
        .number(
            "weightDecay", \.weightDecay, 0...1,
            "Share of the learning rate by which weights shrink each step; optimizer adamw only."),
        .integer("batchSize", \.batchSize, 1...65536, "Records in a step; at most as many as there are to train on."),
        .integer("steps", \.steps, 1...1_000_000_000, "Training steps in all."),
        .integer(
            "evaluateEvery", \.evaluateEvery, 1...1_000_000_000,
            "Steps between evaluations, each of which saves a checkpoint; the last step is always evaluated."),
        .integer(
            "seed", \.seed, 0...Int(Int32.max),
            "Start of every random choice: the same seed and data give the same model, bit for bit."),
        .integer(
            "threads", \.threads, 1...1024,
            "Threads that compute. Small networks train fastest on one; the model's last bits depend on it."),
    ]
}
