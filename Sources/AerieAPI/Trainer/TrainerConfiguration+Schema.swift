import KubernetesAPI

extension TrainerConfiguration {
    /// The fields of this block for the custom resource's schema; defaults are the trainer's, not the API server's, so
    /// that an experiment stays as its author wrote it.
    static var schemaFields: [(String, Schema)] {
        [
            ("task", .enumeration("What is learned; by default classification.", Task.allCases.map(\.rawValue))),
            ("model", .object("The network that is trained.", fields: ModelConfiguration.schemaFields)),
            ("training", .object("How it is trained.", fields: TrainingConfiguration.schemaFields)),
        ]
    }
}

extension TrainerBlock {
    fileprivate static var schemaFields: [(String, Schema)] {
        let defaults = Self()
        return fields.map { field in
            let description =
                "\(field.summary) Default: \(field.read(defaults).stringValue ?? "\(field.read(defaults))")."
            let schema: Schema =
                switch field.kind {
                case .integer(let range): .integer(description, WholeNumbers(range))
                case .number(let range): .number(description, min: range.lowerBound, max: range.upperBound)
                case .choice(let words): .enumeration(description, words)
                }
            return (field.name, schema)
        }
    }
}
