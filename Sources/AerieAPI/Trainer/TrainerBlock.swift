public import KubernetesAPI

/// A part of the trainer's configuration that is described by its fields.
public protocol TrainerBlock: Sendable {
    static var fields: [TrainerField<Self>] { get }
    /// All defaults.
    init()
}

extension TrainerBlock {
    static func field(named name: String) -> TrainerField<Self>? { fields.first { $0.name == name } }

    /// Sets the fields that `value` has, and says what is wrong with the others; paths are relative to the block.
    mutating func read(_ value: JSONValue) -> [FieldError] {
        guard let members = value.objectValue else {
            return value.isNull ? [] : [FieldError("", "must be an object, got \(value)")]
        }
        var problems: [FieldError] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where !value.isNull {
            if let field = Self.field(named: name) {
                if let problem = field.set(value, in: &self) { problems.append(FieldError(name, problem)) }
            } else {
                let known = Self.fields.map(\.name).joined(separator: ", ")
                problems.append(FieldError(name, "unknown field; known are \(known)"))
            }
        }
        return problems
    }

    /// All fields, the ones with default values too.
    public var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: Self.fields.map { ($0.name, $0.read(self)) }))
    }

    /// What is wrong with the values, wherever they came from.
    func problems() -> [FieldError] {
        Self.fields.compactMap { field in
            field.problem(with: field.read(self)).map { FieldError(field.name, $0) }
        }
    }
}
