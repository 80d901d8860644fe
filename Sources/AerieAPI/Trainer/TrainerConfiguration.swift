public import KubernetesAPI

/// What the companion trainer is asked to do: the experiment's `trainer` block without its image.
///
/// ```yaml
/// task: classification
/// model: {architecture: cnn, width: 64}
/// training: {learningRate: 0.003, steps: 3000}
/// ```
///
/// Every field may be left out. Decoding never fails: unknown fields and wrong values are kept as problems, which
/// ``validate(at:)`` reports with their paths, so that a controller can say all that is wrong at once.
public struct TrainerConfiguration: Hashable, Sendable {
    public var task = Task.classification
    public var model = ModelConfiguration()
    public var training = TrainingConfiguration()
    /// What was wrong in the decoded document; paths are relative to it.
    public private(set) var problems: [FieldError] = []

    public enum Task: String, CaseIterable, Hashable, Sendable {
        case classification
    }

    public init() {}

    /// Reads a document; see ``validate(at:)`` for what is wrong with it.
    public init(_ document: JSONValue) {
        guard let members = document.objectValue else {
            if !document.isNull { problems.append(FieldError("", "must be an object, got \(document)")) }
            return
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "task":
                if let task = value.stringValue.flatMap(Task.init(rawValue:)) {
                    self.task = task
                } else if !value.isNull {
                    let words = Task.allCases.map(\.rawValue).joined(separator: ", ")
                    problems.append(FieldError(name, "must be \(words), got \(value)"))
                }
            case "model": problems += model.read(value).map { $0.under(name) }
            case "training": problems += training.read(value).map { $0.under(name) }
            default: problems.append(FieldError(name, "unknown field; known are task, model, training"))
            }
        }
    }

    /// Everything that is wrong, with paths under `path`; empty for a configuration that can be trained.
    public func validate(at path: String = "trainer") -> [FieldError] {
        let errors =
            problems + model.problems().map { $0.under("model") } + training.problems().map { $0.under("training") }
        return errors.map { $0.under(path) }
    }

    /// The whole configuration with all defaults filled in; equal configurations give equal bytes.
    public var json: JSONValue {
        ["task": .string(task.rawValue), "model": model.json, "training": training.json]
    }
}

extension TrainerConfiguration: Codable {
    public init(from decoder: any Decoder) throws { self.init(try JSONValue(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension FieldError {
    /// The same error in a document that holds this one at `parent`.
    fileprivate func under(_ parent: String) -> FieldError {
        if parent.isEmpty { return self }
        return FieldError(path.isEmpty ? parent : "\(parent).\(path)", message)
    }
}
