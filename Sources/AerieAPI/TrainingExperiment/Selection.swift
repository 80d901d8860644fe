/// Which checkpoint of an experiment wins.
public struct Selection: Codable, Hashable, Sendable {
    public enum Strategy: String, Codable, Hashable, Sendable, CaseIterable {
        /// The best value of the objective over all trials and all kept checkpoints; NaN never wins, of equal values
        /// the one of the smaller step, then of the lower trial number.
        case bestCheckpoint = "BestCheckpoint"
    }

    public var strategy: Strategy

    public init(strategy: Strategy = .bestCheckpoint) { self.strategy = strategy }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        strategy = try container.decode(.strategy, default: .bestCheckpoint)
    }
}
