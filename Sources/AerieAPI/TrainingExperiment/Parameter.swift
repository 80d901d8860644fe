/// One dimension of the search: a field of the trainer's `model` or `training` block and the values it may take.
///
/// Exactly one of ``double``, ``int``, ``discrete`` and ``categorical`` is given; ``domain`` is that one.
public struct Parameter: Codable, Hashable, Sendable {
    public enum Scale: String, Codable, Hashable, Sendable, CaseIterable {
        case linear = "Linear"
        /// Evenly by order of magnitude: as many values between 0.001 and 0.01 as between 0.01 and 0.1.
        case log = "Log"
    }

    /// Numbers with fractions, both ends included.
    public struct DoubleRange: Codable, Hashable, Sendable {
        public var min: Double
        public var max: Double
        public var scale: Scale

        public init(min: Double, max: Double, scale: Scale = .linear) {
            self.min = min
            self.max = max
            self.scale = scale
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            min = try container.decode(Double.self, forKey: .min)
            max = try container.decode(Double.self, forKey: .max)
            scale = try container.decode(.scale, default: .linear)
        }
    }

    /// Whole numbers `min`, `min + step`, … up to and including `max`.
    public struct IntRange: Codable, Hashable, Sendable {
        public var min: Int
        public var max: Int
        public var step: Int

        public init(min: Int, max: Int, step: Int = 1) {
            self.min = min
            self.max = max
            self.step = step
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            min = try container.decode(Int.self, forKey: .min)
            max = try container.decode(Int.self, forKey: .max)
            step = try container.decode(.step, default: 1)
        }
    }

    /// A list of numbers.
    public struct Discrete: Codable, Hashable, Sendable {
        public var values: [Double]
        public init(values: [Double]) { self.values = values }
    }

    /// A list of words.
    public struct Categorical: Codable, Hashable, Sendable {
        public var values: [String]
        public init(values: [String]) { self.values = values }
    }

    /// The values of a parameter, in one of four forms.
    public enum Domain: Hashable, Sendable {
        case double(DoubleRange)
        case int(IntRange)
        case discrete(Discrete)
        case categorical(Categorical)
    }

    public var name: String
    public var double: DoubleRange?
    public var int: IntRange?
    public var discrete: Discrete?
    public var categorical: Categorical?

    public init(name: String, _ domain: Domain) {
        self.name = name
        switch domain {
        case .double(let range): double = range
        case .int(let range): int = range
        case .discrete(let list): discrete = list
        case .categorical(let list): categorical = list
        }
    }

    /// All forms that are given; a valid parameter has exactly one.
    public var domains: [Domain] {
        [
            double.map(Domain.double), int.map(Domain.int), discrete.map(Domain.discrete),
            categorical.map(Domain.categorical),
        ].compactMap { $0 }
    }

    /// The form that is given; `nil` when none or several are.
    public var domain: Domain? { domains.count == 1 ? domains.first : nil }
}
