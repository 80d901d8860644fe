import AerieAPI

/// How long the tasks of a distributed training wait for each other, in seconds.
public struct ClusterTimeouts: Hashable, Sendable {
    /// For a task that is not there, at first or later; then the training fails and names it.
    public var peer: Int
    /// For one call of TensorFlow, such as a step; then it is as if a task were lost.
    public var step: Int

    /// Of an evaluator for the next checkpoint; then it fails.
    public var checkpoint: Int

    public static let peerVariable = "AERIE_PEER_TIMEOUT"
    public static let stepVariable = "AERIE_STEP_TIMEOUT"
    public static let checkpointVariable = "AERIE_CHECKPOINT_TIMEOUT"

    public init(peer: Int = 600, step: Int = 300, checkpoint: Int = 3600) {
        self.peer = peer
        self.step = step
        self.checkpoint = checkpoint
    }

    /// Takes environment variables over the defaults; throws ``TrainingError`` `badConfiguration` for wrong ones.
    public init(variables: [String: String]) throws(TrainingError) {
        self.init()
        peer = try Self.seconds(Self.peerVariable, in: variables) ?? peer
        step = try Self.seconds(Self.stepVariable, in: variables) ?? step
        checkpoint = try Self.seconds(Self.checkpointVariable, in: variables) ?? checkpoint
    }

    private static func seconds(_ name: String, in variables: [String: String]) throws(TrainingError) -> Int? {
        guard let text = variables[name], !text.isEmpty else { return nil }
        guard let seconds = Int(text), (1...86_400).contains(seconds) else {
            throw TrainingError(.badConfiguration, "\(name): must be 1…86400 seconds, got \(text)")
        }
        return seconds
    }
}
