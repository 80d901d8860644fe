/// A field with a closed set of values, as it was really written.
///
/// Jobs that were admitted by another installation's CRD may hold anything. Such a job must still be readable, so that
/// its status can name the wrong value.
public enum Choice<Value>: Hashable, Sendable
where Value: RawRepresentable & CaseIterable & Hashable & Sendable, Value.RawValue == String {
    case known(Value)
    case other(String)

    public init(_ text: String) { self = Value(rawValue: text).map(Self.known) ?? .other(text) }

    /// `nil` for text outside the set.
    public var value: Value? {
        guard case .known(let value) = self else { return nil }
        return value
    }

    public var text: String {
        switch self {
        case .known(let value): value.rawValue
        case .other(let text): text
        }
    }

    /// What could have been written instead, for messages.
    public static var allowed: String {
        Value.allCases.map { $0.rawValue.isEmpty ? "\"\"" : $0.rawValue }.joined(separator: ", ")
    }
}

extension Choice: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
