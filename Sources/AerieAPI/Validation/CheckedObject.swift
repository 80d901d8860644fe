public import KubernetesAPI

/// A kind whose objects are checked before they are stored, and again by their controller.
public protocol CheckedObject: KubernetesObject {
    /// Everything that keeps the object from working, each with what would be right; empty for a good one.
    func validate() -> [FieldError]

    /// What must not have changed since `stored`, each with what to do instead.
    func forbiddenChanges(since stored: Self) -> [FieldError]

    /// What works, but hardly as it was meant.
    var warnings: [FieldError] { get }

    /// Other objects that this one names and that must exist before it can do its work.
    var references: [FieldReference] { get }
}

extension CheckedObject {
    public func forbiddenChanges(since stored: Self) -> [FieldError] { [] }
    public var warnings: [FieldError] { [] }
    public var references: [FieldReference] { [] }
}

/// An object that a field names.
public struct FieldReference: Hashable, Sendable {
    /// The field: `spec.dataset.uri`.
    public var path: String
    public var resource: Resource
    public var name: String
    /// What does not work until the object exists, as the end of a sentence.
    public var consequence: String

    public init(_ path: String, _ resource: Resource, _ name: String, _ consequence: String) {
        self.path = path
        self.resource = resource
        self.name = name
        self.consequence = consequence
    }
}
