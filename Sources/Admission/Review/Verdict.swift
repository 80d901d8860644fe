public import AerieAPI
public import KubernetesAPI

/// What is thought of one object.
public struct Verdict: Hashable, Sendable {
    /// Why it is refused; empty when it is accepted.
    public var errors: [FieldError] = []
    /// Shown beside success.
    public var warnings: [FieldError] = []
    /// Named objects whose absence is worth a warning: those that a person has just named.
    public var references: [FieldReference] = []

    /// Accepted without a word.
    public init() {}

    /// Judges a request for an object of the type `Object`.
    ///
    /// An update is refused only for what it makes worse: an object that was stored before a rule existed, or without
    /// this webhook, can still be suspended, labelled, given up by its finalizers and mended step by step. What was
    /// wrong before and still is becomes a warning.
    public init<Object: CheckedObject>(on request: AdmissionRequest, as type: Object.Type) {
        guard request.operation == .create || request.operation == .update, request.subresource.isEmpty else { return }
        let stored = request.stored
        if let stored {
            let isBeingDeleted = request.object["metadata"]?["deletionTimestamp"].map { !$0.isNull } ?? false
            if isBeingDeleted || request.object["spec"] == stored["spec"] { return }
        }
        let object: Object
        switch Self.decode(type, request.object) {
        case .success(let decoded): object = decoded
        case .failure(let error):
            // What could not be read before is not made worse by an update.
            if let stored, case .failure(let earlier) = Self.decode(type, stored), earlier == error {
                warnings = [error]
            } else {
                errors = [error]
            }
            return
        }
        let wrong = object.validate()
        var earlier: Set<FieldError> = []
        var known: Set<FieldReference> = []
        if let stored, case .success(let old) = Self.decode(type, stored) {
            earlier = Set(old.validate())
            known = Set(old.references)
            errors = object.forbiddenChanges(since: old)
        }
        errors = wrong.filter { !earlier.contains($0) } + errors
        warnings = wrong.filter(earlier.contains) + object.warnings
        // Nobody reads what a controller is warned of; who wrote its object was told then.
        references = object.metadata.controller == nil ? object.references.filter { !known.contains($0) } : []
    }

    private static func decode<Object: CheckedObject>(
        _ type: Object.Type, _ document: JSONValue
    ) -> Result<Object, FieldError> {
        do {
            return .success(try document.decode(type))
        } catch let error as DecodingError {
            return .failure(FieldError(error.fieldPath, error.problem))
        } catch {
            return .failure(FieldError("", "\(error)"))
        }
    }
}

extension DecodingError {
    /// The field, empty for the document itself.
    fileprivate var fieldPath: String {
        let path: [any CodingKey]
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        @unknown default: path = []
        }
        return path.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? key.stringValue : ".\(key.stringValue)")
        }
    }

    fileprivate var problem: String {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.debugDescription
        case .keyNotFound: "is missing"
        @unknown default: "\(self)"
        }
    }
}
