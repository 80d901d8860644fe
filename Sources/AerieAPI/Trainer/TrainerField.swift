public import KubernetesAPI

/// One field of a block of the trainer's configuration: its name, bounds and meaning, told once.
///
/// Decoding, validation, overriding by parameters and the custom resource's schema all follow from it.
public struct TrainerField<Block: Sendable>: Sendable {
    public let name: String
    public let summary: String
    public let kind: Kind
    public let read: @Sendable (Block) -> JSONValue
    private let write: @Sendable (inout Block, JSONValue) -> Void

    /// The values that a field takes.
    public enum Kind: Hashable, Sendable {
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case choice([String])
    }
}

extension TrainerField {
    static func integer(
        _ name: String, _ path: any WritableKeyPath<Block, Int> & Sendable, _ range: ClosedRange<Int>, _ summary: String
    ) -> TrainerField {
        TrainerField(name: name, summary: summary, kind: .integer(range), read: { JSONValue($0[keyPath: path]) }) {
            if let value = $1.intValue { $0[keyPath: path] = value }
        }
    }

    static func number(
        _ name: String, _ path: any WritableKeyPath<Block, Double> & Sendable, _ range: ClosedRange<Double>,
        _ summary: String
    ) -> TrainerField {
        TrainerField(name: name, summary: summary, kind: .number(range), read: { .number($0[keyPath: path]) }) {
            if let value = $1.doubleValue { $0[keyPath: path] = value }
        }
    }

    static func choice<Value: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ path: any WritableKeyPath<Block, Value> & Sendable, _ summary: String
    ) -> TrainerField where Value.RawValue == String {
        let kind = Kind.choice(Value.allCases.map(\.rawValue))
        return TrainerField(
            name: name, summary: summary, kind: kind, read: { .string($0[keyPath: path].rawValue) }
        ) {
            if let value = $1.stringValue.flatMap(Value.init(rawValue:)) { $0[keyPath: path] = value }
        }
    }
}

extension TrainerField {
    /// What is wrong with a value for this field and what would be right; `nil` for a good one.
    public func problem(with value: JSONValue) -> String? {
        switch kind {
        case .integer(let range):
            guard let number = value.intValue, range.contains(number) else {
                return "must be \(range.lowerBound)…\(range.upperBound), got \(value)"
            }
        case .number(let range):
            guard let number = value.doubleValue, range.contains(number) else {
                return "must be \(range.lowerBound)…\(range.upperBound), got \(value)"
            }
        case .choice(let words):
            guard let word = value.stringValue, words.contains(word) else {
                return "must be \(words.joined(separator: ", ")), got \(value)"
            }
        }
        return nil
    }

    /// Sets the field, or gives what is wrong with the value and changes nothing.
    func set(_ value: JSONValue, in block: inout Block) -> String? {
        let problem = problem(with: value)
        if problem == nil { write(&block, value) }
        return problem
    }
}
