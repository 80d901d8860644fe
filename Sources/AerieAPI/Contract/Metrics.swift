import KubernetesAPI

/// Values of metrics by name.
///
/// In JSON, which has neither, infinities and NaN are the strings `"Infinity"`, `"-Infinity"` and `"NaN"`.
public struct Metrics: Hashable, Sendable {
    public var values: [String: Double]

    public init(_ values: [String: Double] = [:]) { self.values = values }

    public subscript(_ name: String) -> Double? {
        get { values[name] }
        set { values[name] = newValue }
    }
}

extension Metrics: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Double)...) {
        values = Dictionary(elements) { _, last in last }
    }
}

extension Metrics: Codable {
    public init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: MetricValue].self).mapValues(\.value)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values.mapValues(MetricValue.init))
    }
}

/// One number of a report, in an encoding that holds every `Double`.
public struct MetricValue: Hashable, Sendable {
    public var value: Double

    public init(_ value: Double) { self.value = value }
}

extension MetricValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self) else {
            value = try container.decode(Double.self)
            return
        }
        switch text {
        case "NaN": value = .nan
        case "Infinity": value = .infinity
        case "-Infinity": value = -.infinity
        default:
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is neither a number nor NaN, Infinity or -Infinity")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isFinite {
            try container.encode(value)
        } else {
            try container.encode(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
        }
    }
}
