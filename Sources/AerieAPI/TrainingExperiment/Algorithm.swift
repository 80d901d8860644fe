/// How assignments of the parameters are chosen.
public struct Algorithm: Codable, Hashable, Sendable {
    public enum Name: String, Codable, Hashable, Sendable, CaseIterable {
        case random, grid
    }

    /// What a particular algorithm can be told.
    public struct Settings: Codable, Hashable, Sendable {
        /// `grid`: into how many values a `double` without step is cut.
        public var points: Int?

        public init(points: Int? = nil) { self.points = points }
    }

    public static let defaultPoints = 5

    public var name: Name
    /// Two experiments with equal parameters and equal seeds try the same assignments in the same order.
    public var seed: Int
    public var settings: Settings

    public init(name: Name = .random, seed: Int = 0, settings: Settings = Settings()) {
        self.name = name
        self.seed = seed
        self.settings = settings
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(.name, default: .random)
        seed = try container.decode(.seed, default: 0)
        settings = try container.decode(.settings, default: Settings())
    }
}
