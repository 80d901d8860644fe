/// One wrong field of a document and how to put it right.
public struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it is, as a person would point at it: `spec.parameters[2].double.min`.
    public var path: String
    /// What is wrong and what would be right.
    public var message: String

    public init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    public var description: String { "\(path): \(message)" }
}
