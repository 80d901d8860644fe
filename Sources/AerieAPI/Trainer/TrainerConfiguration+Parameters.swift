public import KubernetesAPI

extension TrainerConfiguration {
    /// Overrides fields of the model and training blocks by name, and says which parameters do not fit.
    ///
    /// A categorical parameter may give a number as text: `"64"` is good for `batchSize`.
    public mutating func apply(_ parameters: [String: JSONValue], at path: String = "parameters") -> [FieldError] {
        parameters.sorted { $0.key < $1.key }.compactMap { name, value in
            let problem: String? =
                if let field = ModelConfiguration.field(named: name) {
                    field.set(value.read(as: field.kind), in: &model)
                } else if let field = TrainingConfiguration.field(named: name) {
                    field.set(value.read(as: field.kind), in: &training)
                } else {
                    "names no field of the trainer; known are \(Self.parameterNames.joined(separator: ", "))"
                }
            return problem.map { FieldError("\(path).\(name)", $0) }
        }
    }

    /// The fields that a parameter may override.
    public static var parameterNames: [String] {
        ModelConfiguration.fields.map(\.name) + TrainingConfiguration.fields.map(\.name)
    }
}

extension JSONValue {
    fileprivate func read<Block>(as kind: TrainerField<Block>.Kind) -> JSONValue {
        guard let text = stringValue else { return self }
        switch kind {
        // From text: what is no number stays text.
        case .integer: return Int64(text).map(JSONValue.integer) ?? self
        case .number: return Double(text).map(JSONValue.number) ?? self
        case .choice: return self
        }
    }
}
