/// Where checkpoints go and how many stay.
public struct CheckpointStore: Codable, Hashable, Sendable {
    /// The root of the store in an experiment; the trial's own folder in a trial.
    public var uri: String
    /// How many of the best checkpoints of a trial stay, besides the latest.
    public var keep: Int

    public init(uri: String, keep: Int = TrialEnvironment.defaultKeep) {
        self.uri = uri
        self.keep = keep
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        uri = try container.decode(String.self, forKey: .uri)
        keep = try container.decode(.keep, default: TrialEnvironment.defaultKeep)
    }
}
